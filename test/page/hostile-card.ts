/** Marks that a card was obeyed: each attempt sets it. */
export const OBEYED = 'obeyed';

/** Where attempts would send something; nobody is there. */
export const ELSEWHERE = 'https://elsewhere.invalid/';

const run = `window.${OBEYED}=1`;

/** A name of a folder. */
export const HOSTILE_NAME = `<img src=x onerror=${OBEYED}=1>`;

/** Every way to run, load or take over that comes to mind, as a card. */
export const HOSTILE_CARD = `---
pipeline_tag: text-classification
license: "<img src=x onerror=${run}>"
tags:
- "<script>${run}</script>"
widget:
- text: "<img src=x onerror=${run}>"
  example_title: "<svg onload=${run}>"
---
# <img src=x onerror="${run}"> Title

<script>${run}</script>
<script src="${ELSEWHERE}script.js"></script>
<img src=x onerror="${run}">
<img src="${ELSEWHERE}picture.png" alt="A picture elsewhere" onload="${run}">
<img srcset="${ELSEWHERE}set.png 1x" src="sample.png" alt="Set">
<picture><source srcset="${ELSEWHERE}source.png"><img src="//elsewhere.invalid/scheme.png" alt="No scheme"></picture>
<svg onload="${run}"><script>${run}</script><image href="${ELSEWHERE}svg.png"/></svg>
<math><mtext><table><mglyph><style><img src=x onerror="${run}"></style></mglyph></table></mtext></math>
<iframe src="javascript:parent.${run}"></iframe>
<iframe srcdoc="<script>parent.${run}</script>"></iframe>
<object data="${ELSEWHERE}object"></object><embed src="${ELSEWHERE}embed">
<form action="${ELSEWHERE}form" method="post"><input name="token"><button>Send</button></form>
<meta http-equiv="refresh" content="0; url=${ELSEWHERE}refresh">
<base href="${ELSEWHERE}">
<link rel="stylesheet" href="${ELSEWHERE}style.css">
<style>body { display: none } @import url("${ELSEWHERE}import.css");</style>
<p style="position:fixed;inset:0;background:url(${ELSEWHERE}background.png)">Over all</p>
<div id="content" class="panel" name="body">Clobbered</div>
<a id="click-script" href="javascript:${run}">script</a>
<a href="java&#10;script:${run}">broken script</a>
<a href="data:text/html,<script>${run}</script>">data</a>
<a href="vbscript:${run}">vb</a>
<video src="${ELSEWHERE}video.mp4" poster="${ELSEWHERE}poster.png" autoplay></video>
<audio src="${ELSEWHERE}sound.mp3" autoplay></audio>
<table background="${ELSEWHERE}table.png"><tr><td>cell</td></tr></table>
<details ontoggle="${run}" open><summary>open</summary></details>
<body onload="${run}">
<template><img src=x onerror="${run}"></template>
<noscript><p title="</noscript><img src=x onerror=${run}>"></p></noscript>

[link](javascript:${run}) [page](data:text/html;base64,PHNjcmlwdD4=) ![p](${ELSEWHERE}markdown.png)
![b](javascript:${run}) [out](../../etc/passwd) ![out](../secret.png)

\`\`\`html
<script>${run}</script>
\`\`\`

The end of the card.
`;
