/** The style of the page, light and dark. All of it: the policy of the page takes no other. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --sheet: #ffffff; --sunk: #f1f3f6; --line: #dfe3e8; --soft: #eaedf1;
  --ink: #1b2028; --dim: #5d6774; --key: #0b5c8a;
  --error: #c4281c; --error-soft: #fdecea; --warning: #9a5b00; --warning-soft: #fdf3df;
  --info: #2b62c4; --info-soft: #e9f0fc; --good: #1a7a45; --good-soft: #e4f5eb;
  --c0: #2b62c4; --c1: #b3471d; --c2: #1a7a45; --c3: #8a3fa8; --c4: #8f6a00; --c5: #0f7a86;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1216; --sheet: #171b21; --sunk: #12161b; --line: #2b323b; --soft: #232931;
    --ink: #e4e8ee; --dim: #98a3b0; --key: #7cc0ee;
    --error: #ff8279; --error-soft: #351a1a; --warning: #e8b04a; --warning-soft: #30260f;
    --info: #86b2ff; --info-soft: #182541; --good: #5fcf8f; --good-soft: #12301f;
    --c0: #86b2ff; --c1: #ff9d73; --c2: #5fcf8f; --c3: #d59af0; --c4: #e3c04f; --c5: #57cdd9;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; overflow-wrap: anywhere; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 1rem; }
h1, h2, h3, h4, p, ul, ol, dl, dd, figure, blockquote, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
section { margin-top: 2.5rem; }
h2 { font-size: 1.25rem; letter-spacing: -0.01em; margin-bottom: 1rem; display: flex; align-items: center; flex-wrap: wrap; gap: .25rem .75rem; }
h3 { font-size: 1rem; }
code, pre { font-family: var(--mono); font-size: .875em; }
p code, h4 code, .message code, li code { background: var(--soft); border-radius: 4px; padding: .1em .35em; }
a { color: inherit; }
:focus-visible { outline: 2px solid var(--info); outline-offset: 2px; border-radius: 4px; }
.aside { color: var(--dim); font-weight: 400; }
p.aside { font-size: .875rem; margin-top: .5rem; }
.scroll { overflow-x: auto; }

header { padding-bottom: .25rem; }
.repository { font-family: var(--mono); font-size: .9375rem; color: var(--dim); }
h1 { font-size: clamp(1.75rem, 5.5vw, 2.75rem); line-height: 1.15; letter-spacing: -0.025em; margin: .35rem 0 1rem; display: flex; align-items: center; gap: .35em; }
.ready h1 { color: var(--good); }
.not-ready h1 { color: var(--error); }
.seal { flex: none; width: .92em; height: .92em; border-radius: 50%; background: currentColor; position: relative; }
.seal::before, .seal::after { content: ''; position: absolute; background: var(--page); border-radius: 2px; }
.ready .seal::before { left: 25%; top: 52%; width: 22%; height: 10%; transform: rotate(45deg); }
.ready .seal::after { left: 36%; top: 45%; width: 44%; height: 10%; transform: rotate(-48deg); }
.not-ready .seal::before, .not-ready .seal::after { left: 24%; top: 45%; width: 52%; height: 10%; }
.not-ready .seal::before { transform: rotate(45deg); }
.not-ready .seal::after { transform: rotate(-45deg); }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; }
.chip { display: inline-block; font-size: .8125rem; line-height: 1.3; font-weight: 600; padding: .25rem .65rem; border-radius: 99px; background: var(--soft); color: var(--dim); text-decoration: none; }
.chip.error { background: var(--error-soft); color: var(--error); }
.chip.warning { background: var(--warning-soft); color: var(--warning); }
.chip.info { background: var(--info-soft); color: var(--info); }
.chip.good { background: var(--good-soft); color: var(--good); }
.chip.hub { background: none; border: 1px solid var(--line); padding: calc(.25rem - 1px) .65rem; color: var(--ink); }
a.chip:hover { text-decoration: underline; }

.mark { flex: none; display: inline-block; width: .625rem; height: .625rem; border-radius: 50%; background: var(--dim); }
.mark.error { background: var(--error); border-radius: 2px; }
.mark.warning { background: var(--warning); border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); width: .75rem; margin-inline: -.0625rem; }
.mark.info { background: var(--info); }
.mark.good { background: var(--good); }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; }
.tile { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem 1rem; }
.name { font-size: .75rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; color: var(--dim); }
.tile .value { font-size: 1.125rem; font-weight: 650; line-height: 1.3; margin: .1rem 0 .3rem; }
.tile.good .value { color: var(--good); }
.tile.warning .value { color: var(--warning); }
.tile.error .value { color: var(--error); }
.detail { font-size: .875rem; line-height: 1.45; color: var(--dim); }
.todo { margin-top: .75rem; background: var(--info-soft); border-radius: 10px; padding: .9rem 1rem; }
.todo h3 { color: var(--info); margin-bottom: .25rem; }
.todo li + li { margin-top: .75rem; }
.todo p code { background: var(--sheet); }

.findings { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.findings li + li { border-top: 1px solid var(--soft); }
.findings a { display: flex; align-items: baseline; gap: .75rem; padding: .6rem 1rem; text-decoration: none; }
.findings a:hover { background: var(--sunk); }
.findings .message { flex: 1; min-width: 0; }
.findings .place { flex: none; max-width: 40%; font: .8125rem var(--mono); color: var(--dim); }
.loose { display: grid; gap: .75rem; margin-top: .75rem; }
.loose .finding { background: var(--sheet); border: 1px solid var(--line); }

.source { margin-top: 1.25rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.source > figcaption { font: 600 .875rem var(--mono); padding: .6rem 1rem; border-bottom: 1px solid var(--line); background: var(--sunk); }
.source > .aside { padding: 0 1rem .75rem; }
.lines { padding: .4rem 0; font: .84375rem/1.6 var(--mono); }
.line { display: grid; grid-template-columns: 3.25rem 1.75rem minmax(0, 1fr); padding-right: 1rem; }
.line > .number { text-align: right; color: var(--dim); user-select: none; }
.line > .margin { display: flex; align-items: center; justify-content: center; gap: .1rem; height: 1.6em; user-select: none; }
.line > .margin b { font-size: .625rem; color: var(--dim); }
.line > code { font: inherit; white-space: pre-wrap; }
.line .key { color: var(--key); }
.line .comment { color: var(--dim); font-style: italic; }
.line span.error, .line span.warning, .line span.info { text-decoration: underline wavy 1px; text-underline-offset: .22em; text-decoration-skip-ink: none; border-radius: 2px; }
.line span.error { background: var(--error-soft); text-decoration-color: var(--error); }
.line span.warning { background: var(--warning-soft); text-decoration-color: var(--warning); }
.line span.info { background: var(--info-soft); text-decoration-color: var(--info); }
summary { cursor: pointer; }
summary.line { list-style: none; }
summary.line::-webkit-details-marker { display: none; }
summary.line:hover { background: var(--sunk); }
summary.line .mark { transition: transform .12s; }
summary.line:hover .mark, details[open] > summary.line .mark { transform: scale(1.3); }
.notes { padding: .35rem 1rem .75rem 5rem; display: grid; gap: .5rem; font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; }
.fold > summary { font: .8125rem system-ui, sans-serif; color: var(--dim); padding: .35rem 1rem .35rem 5rem; background: var(--sunk); border-block: 1px solid var(--soft); }
.fold > summary:hover { color: var(--ink); }

.finding { border-radius: 8px; padding: .75rem 1rem; background: var(--sunk); border-left: 3px solid var(--dim) !important; scroll-margin: 20vh; }
.finding.error { border-left-color: var(--error) !important; }
.finding.warning { border-left-color: var(--warning) !important; }
.finding.info { border-left-color: var(--info) !important; }
.finding:target { outline: 2px solid var(--info); outline-offset: 2px; }
.finding h4 { font-size: .9375rem; font-weight: 650; line-height: 1.45; }
.finding h4 .mark { display: none; }
.finding .chips { margin: .35rem 0 .5rem; gap: .35rem; align-items: center; }
.finding .chip { font-size: .75rem; padding: .1rem .5rem; }
.finding .chip.hub { padding: calc(.1rem - 1px) .5rem; }
.finding code.chip { font-weight: 500; background: var(--soft); }
.finding > p { font-size: .9375rem; margin-top: .35rem; }
.finding > p.aside { font-size: .8125rem; }
.fix { margin-top: .6rem; font-size: .9375rem; }
.fix b { color: var(--good); }
.diff, .json { overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: 6px; padding: .5rem 0; margin-top: .4rem; font-size: .8125rem; line-height: 1.55; }
.diff span { display: block; padding: 0 .75rem; white-space: pre; min-width: max-content; }
.diff .removed { background: var(--error-soft); color: var(--error); }
.diff .added { background: var(--good-soft); color: var(--good); }
.diff .same { color: var(--dim); }
.json { padding: .5rem .75rem; max-height: 20rem; }

.reason { border-radius: 8px; padding: .75rem 1rem; background: var(--soft); margin-bottom: 1rem; }
.reason.error { background: var(--error-soft); }
.reason.warning { background: var(--warning-soft); }
.reason code { background: none !important; }
.facts { display: flex; flex-wrap: wrap; gap: .75rem 2.25rem; }
.facts dt, .fields dt { font-size: .75rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; color: var(--dim); }
.facts dd { font-weight: 600; }
.case { margin-top: 1rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; }
.case h3 { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.case h3 .aside { font-size: .875rem; }
.sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.5rem; margin: .75rem 0; }
.side > .name { margin-bottom: .4rem; }
.text { white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: .75rem; }
.entities { line-height: 2.3; }
mark { color: inherit; background: color-mix(in srgb, var(--hue) 18%, transparent); border-bottom: 2px solid var(--hue); border-radius: 4px 4px 0 0; padding: .15em .3em; }
mark > span { font-size: .6875rem; font-weight: 700; color: var(--hue); margin-left: .45em; letter-spacing: .03em; }
.c0 { --hue: var(--c0); } .c1 { --hue: var(--c1); } .c2 { --hue: var(--c2); } .c3 { --hue: var(--c3); } .c4 { --hue: var(--c4); } .c5 { --hue: var(--c5); }
.bars { display: grid; gap: .5rem; }
.bars li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .1rem .75rem; align-items: baseline; }
.bars .label { white-space: pre-wrap; }
.bars .score { grid-row: 1; grid-column: 2; font: .8125rem var(--mono); color: var(--dim); }
.bars .bar { grid-column: 1 / -1; width: 100%; height: 6px; display: block; border-radius: 3px; }
.bar .track { fill: var(--soft); }
.bar .fill { fill: var(--dim); }
.bars .top .label { font-weight: 650; }
.bars .top .fill { fill: var(--good); }
.medium { display: grid; gap: .35rem; justify-items: start; }
.medium figcaption { font-size: .8125rem; color: var(--dim); }
.medium img { display: block; max-width: 100%; height: auto; border-radius: 6px; background: repeating-conic-gradient(var(--soft) 0 25%, var(--sheet) 0 50%) 0 0 / 16px 16px; }
.medium audio { width: 100%; min-width: 12rem; }
.pixels { image-rendering: pixelated; }
.boxed { position: relative; display: inline-block; max-width: 100%; }
.boxed svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.boxed rect { fill: color-mix(in srgb, var(--hue) 15%, transparent); stroke: var(--hue); stroke-width: 3px; vector-effect: non-scaling-stroke; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem .9rem; }
.legend li::before { content: ''; display: inline-block; width: .7em; height: .7em; border-radius: 2px; background: var(--hue); margin-right: .4em; }
.medium + .bars { margin-top: .9rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .75rem; }
.several { display: grid; gap: .75rem; }
.numbers svg { width: 100%; height: 2rem; display: block; border-radius: 6px; background: var(--soft); }
.numbers .positive { fill: var(--c0); } .numbers .negative { fill: var(--c1); }
.numbers figcaption { font-size: .8125rem; color: var(--dim); margin-top: .35rem; }
.fields { display: grid; gap: .6rem; }
.fields dd { white-space: pre-wrap; }
.fields dd > * { white-space: normal; }
.texts li { padding: .15rem 0 .15rem .75rem; border-left: 3px solid var(--line); }
.texts li + li { margin-top: .35rem; }
.chat { display: grid; gap: .6rem; }
.chat li > span { font-size: .75rem; font-weight: 600; color: var(--dim); }
.chat .user .text { border-left-color: var(--c0); }
table { border-collapse: collapse; font-size: .875rem; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--soft); vertical-align: top; }
thead th { font-size: .75rem; color: var(--dim); }
.compared { min-width: 28rem; }
.compared th[scope=row] { font-weight: 600; white-space: nowrap; }
.compared .mark { margin-right: .5rem; }
.compared .note td { color: var(--dim); padding-left: 1.2rem; }
.text + .scroll { margin-top: .75rem; }
.checks li { display: flex; align-items: baseline; gap: .6rem; padding: .2rem 0; font-size: .9375rem; }
details.checks summary { font-size: .875rem; color: var(--dim); }
details.checks summary .mark { margin: 0 .5rem 0 .25rem; }
details.checks li { font-size: .875rem; }
footer { max-width: 60rem; margin: 2rem auto 0; padding: 0 1.25rem 2.5rem; color: var(--dim); font-size: .8125rem; }

@media (max-width: 40rem) {
  main { padding-top: 1.5rem; }
  section { margin-top: 2rem; }
  .tiles { grid-template-columns: minmax(0, 1fr); }
  .sides { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
  .line { grid-template-columns: 2.1rem 1.35rem minmax(0, 1fr); padding-right: .6rem; }
  .lines { font-size: .78125rem; }
  .notes { padding: .35rem .6rem .6rem; }
  .fold > summary { padding-left: 1rem; }
  .findings a { flex-wrap: wrap; gap: .15rem .6rem; }
  .findings .message { flex-basis: calc(100% - 2rem); }
  .findings .place { max-width: 100%; padding-left: 1.35rem; }
}
@media print {
  body { background: none; }
  .tile, .case, .finding { break-inside: avoid; }
}
`;
