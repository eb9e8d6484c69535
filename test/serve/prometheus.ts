/** A sample of the text format of Prometheus. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric, with all its samples. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
/** Sticky: labels follow each other without a gap. */
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const NUMBER = /^(?:[+-]?Inf|NaN|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/;

/**
 * Reads the text format of Prometheus, version 0.0.4, strictly: a family is announced by HELP and TYPE, once, its samples stand together,
 * none twice, and the buckets of a histogram grow up to its count. Throws where the text is anything else.
 */
export function readPrometheus(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, Family & { samples: Sample[] }>();
  let help: { name: string; text: string } | null = null;
  let now: (Family & { samples: Sample[] }) | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const helped = HELP.exec(line);
    if (helped !== null) {
      help = { name: helped[1] ?? '', text: helped[2] ?? '' };
      continue;
    }
    const typed = TYPE.exec(line);
    if (typed !== null) {
      const [, name = '', type = ''] = typed;
      if (help?.name !== name) throw new Error(`No HELP stands before ${line}`);
      if (families.has(name)) throw new Error(`${name} is announced twice.`);
      now = { name, type, help: help.text, samples: [] };
      families.set(name, now);
      continue;
    }
    const sample = readSample(line);
    if (now === null || !belongs(sample.name, now)) throw new Error(`${line} belongs to no family.`);
    now.samples.push(sample);
  }
  for (const family of families.values()) check(family);
  return families;
}

function belongs(name: string, { name: family, type }: Family): boolean {
  if (type !== 'histogram') return name === family;
  return ['_bucket', '_sum', '_count'].some((ending) => name === family + ending);
}

function readSample(line: string): Sample {
  const [, name = '', inBraces, value = ''] = SAMPLE.exec(line) ?? [];
  if (name === '' || !NUMBER.test(value.toLowerCase().replace('inf', 'Inf').replace('nan', 'NaN'))) {
    throw new Error(`This is no sample: ${line}`);
  }
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (inBraces !== undefined && LABEL.lastIndex < inBraces.length) {
    const label = LABEL.exec(inBraces);
    if (label === null) throw new Error(`These are no labels: ${line}`);
    const [, key = '', text = ''] = label;
    if (key in labels) throw new Error(`A label stands twice: ${line}`);
    labels[key] = text.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one));
  }
  return { name, labels, value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) };
}

function check({ name, type, samples }: Family): void {
  const keys = samples.map(({ name, labels }) => `${name} ${JSON.stringify(Object.entries(labels).sort())}`);
  if (new Set(keys).size < keys.length) throw new Error(`${name} has a sample twice.`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0)))
    throw new Error(`${name} counts down.`);
  if (type !== 'histogram') return;
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...others } = sample.labels;
    const key = JSON.stringify(others);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((one) => one.name === `${name}_bucket`);
    const count = group.find((one) => one.name === `${name}_count`)?.value;
    for (const [index, { value, labels }] of buckets.entries()) {
      const before = buckets[index - 1];
      if (before === undefined) continue;
      if (value < before.value || bound(labels.le) <= bound(before.labels.le))
        throw new Error(`The buckets of ${name} do not grow.`);
    }
    if (buckets.at(-1)?.labels.le !== '+Inf' || buckets.at(-1)?.value !== count)
      throw new Error(`The last bucket of ${name} does not hold all.`);
    if (!group.some((one) => one.name === `${name}_sum`)) throw new Error(`${name} has no sum.`);
  }
}

function bound(le: string | undefined): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}
