import { maskDeep, withoutSecrets } from '../secrets/mask.js';
import type { SmokePlanReport } from '../smoke/dry-run.js';
import type { FormatOptions } from './format.js';
import { jsonText } from './json.js';
import { inputInWords } from './output.js';
import { labelled, type Paint, type Pen, paragraph, penFor, plain } from './pen.js';
import { bytes, milliseconds } from './quantities.js';
import { oneLine } from './text.js';

/** What a smoke inference would do, as JSON; credentials are stars. */
export function planJson(plan: SmokePlanReport): string {
  return jsonText(maskDeep(plan, withoutSecrets));
}

/** What a smoke inference would do, for a person at a terminal; credentials are stars. */
export function formatPlan(planned: SmokePlanReport, options: FormatOptions = {}): string {
  const plan = maskDeep(planned, withoutSecrets);
  const pen = penFor(options);
  const { pass, fail, skip } = pen.symbols;
  const [mark, paint, words] = {
    runs: [pass, pen.green, 'would run'],
    failed: [fail, pen.red, 'would fail'],
    skipped: [skip, pen.yellow, 'would be skipped'],
  }[plan.status] as [string, Paint, string];
  const lines = [
    `${pen.bold('Smoke inference')}  ${pen.bold(paint(`${mark} ${words}`))}  ${pen.dim(`planned in ${milliseconds(plan.planMs)}`)}`,
    ...(plan.reason === undefined
      ? []
      : paragraph(plan.reason, pen.width - 2, pen).map((line) => `  ${line}`)),
    ...(plan.task === null ? [] : row('task', plan.task, '', pen)),
    ...(plan.runner === null ? [] : row('runner', plan.runner, '', pen)),
    ...(plan.devices.length === 0
      ? []
      : row('device', plan.devices.join(', '), plan.deviceDetail ?? '', pen)),
    ...plan.variants.flatMap((variant, index) => variantLines(variant, index, pen)),
    ...plan.cases.flatMap(({ source, title, input }, index) =>
      row(index === 0 ? 'cases' : '', title ?? `${source} ${index + 1}`, inputInWords(input), pen),
    ),
    ...plan.unrun.flatMap(({ example, check }) => row('not run', inputInWords(example), check.message, pen)),
    ...plan.checks
      .map(({ id, status, message }) => ({ id, status, message }))
      .flatMap((check) => checkLines(check, pen)),
  ];
  return `${lines.join('\n')}\n`;
}

type Variant = SmokePlanReport['variants'][number];

function variantLines(variant: Variant, index: number, pen: Pen): readonly string[] {
  const compared = index === 0 ? '' : ', compared with the first';
  const total = `${bytes(variant.bytes)}, at most ${bytes(variant.memoryLimitBytes)} of memory${compared}`;
  return [
    ...row(index === 0 ? 'loads' : '', variant.dtype, total, pen),
    ...(variant.fault === undefined ? [] : row('', pen.symbols.fail, variant.fault, pen)),
    ...variant.files.map(
      ({ path, size }) =>
        `             ${pen.dim(`${bytes(size).padStart(8)}  ${oneLine(path, pen.unicode)}`)}`,
    ),
    ...(variant.built === undefined ? [] : builtLines(variant.built, pen)),
  ];
}

function builtLines(built: NonNullable<Variant['built']>, pen: Pen): readonly string[] {
  const { className, modelType, builder, tensors, weightBytes, inPlaceBytes, memoryBytes, unchecked } = built;
  const kind = modelType === builder ? modelType : `${modelType}, built as ${builder}`;
  const memory = [
    ...(inPlaceBytes === 0
      ? []
      : [`${bytes(inPlaceBytes)} read in place, in memory that the system can take back`]),
    ...(memoryBytes === 0
      ? []
      : [`about ${bytes(memoryBytes)} for half precision that is widened to float32`]),
  ];
  return [
    ...row(
      'builds',
      className,
      `model type ${kind}; a graph for ${tensors} tensors of ${bytes(weightBytes)}`,
      pen,
    ),
    ...row('memory', memory.join('; '), '', pen),
    ...unchecked.flatMap((one, index) => row(index === 0 ? 'not seen' : '', one, '', pen)),
  ];
}

function checkLines({ id, status, message }: SmokePlanReport['checks'][number], pen: Pen): readonly string[] {
  const { pass, fail, warn, skip } = pen.symbols;
  const mark = { passed: pass, failed: fail, warning: warn, skipped: skip }[status];
  return row('checked', `${mark} ${id}`, message, pen);
}

function row(label: string, value: string, detail: string, pen: Pen): readonly string[] {
  return labelled(label, value, detail, label === '' ? plain : pen.bold, pen);
}
