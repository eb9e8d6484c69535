import type { Layers } from './weight-fault.js';

/** A tensor of a layer: what the list of layers is called, and which one it is. */
interface Place {
  readonly list: string;
  readonly layer: number;
}

function placeOf(tensor: string): Place | null {
  const match = /^(.*?)\.(\d{1,6})\./.exec(tensor);
  return match === null ? null : { list: match[1] ?? '', layer: Number(match[2]) };
}

/**
 * How many layers there are and would have to be, where what is missing are whole layers of one list and nothing else; undefined
 * where it is not. Handed `missing` the tensors that only one side has, and `there` those of the other side.
 */
export function wholeLayers(
  missing: readonly string[],
  there: Iterable<string>,
): { readonly fewer: number; readonly more: number } | undefined {
  const lists = new Set<string>();
  const absent = new Set<number>();
  for (const tensor of missing) {
    const place = placeOf(tensor);
    if (place === null) return undefined;
    lists.add(place.list);
    absent.add(place.layer);
  }
  const [list] = lists;
  if (list === undefined || lists.size > 1) return undefined;
  const present = new Set<number>();
  for (const tensor of there) {
    const place = placeOf(tensor);
    if (place?.list === list) present.add(place.layer);
  }
  if (present.size === 0 || [...absent].some((layer) => present.has(layer))) return undefined;
  return { fewer: present.size, more: present.size + absent.size };
}

/** The layers that the files do not hold. */
export function missingLayers(
  missing: readonly string[],
  there: Iterable<string>,
): { readonly layers?: Layers } {
  const found = wholeLayers(missing, there);
  return found === undefined ? {} : { layers: { held: found.fewer, told: found.more } };
}

/** The layers that config.json does not tell of. */
export function surplusLayers(
  surplus: readonly string[],
  there: Iterable<string>,
): { readonly layers?: Layers } {
  const left = new Set(surplus);
  const found = wholeLayers(
    surplus,
    [...there].filter((tensor) => !left.has(tensor)),
  );
  return found === undefined ? {} : { layers: { held: found.more, told: found.fewer } };
}

/** What wrappers put before the names of all tensors of a model, where `missing` would be there without it. */
export function wrapperOf(
  missing: readonly string[],
  there: ReadonlyMap<string, unknown>,
): { readonly prefix?: string } {
  const prefix = WRAPPERS.find((one) => missing.every((tensor) => there.has(`${one}${tensor}`)));
  return prefix === undefined ? {} : { prefix };
}

/** Of `DataParallel`, `torch.compile`, Lightning and trainers of their own; alone and in one another. */
const WRAPPERS = [
  'module.',
  '_orig_mod.',
  'model.',
  'module._orig_mod.',
  '_orig_mod.module.',
  'model.module.',
  'model._orig_mod.',
  'base_model.model.',
  'net.',
  'backbone.',
  'encoder.',
];
