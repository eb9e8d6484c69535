import { UsageError } from '../errors.js';

/** A model on the Hub, and the branch, tag, pull request or commit of it that is meant. */
export interface HubTarget {
  readonly id: string;
  readonly revision: string;
}

/** `org/name` or `org/name@revision`, as the Hub writes model ids. */
const HUB_ID = /^([A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95})(?:@([\w./-]{1,200}))?$/;

/** The address of a page of the Hub: what follows the host. */
const HUB_URL =
  /^(?:https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)|(?:www\.)?(?:huggingface\.co|hf\.co))\/(.*)$/;

/** Git's names for pull requests and conversions hold slashes; those of branches and tags seldom do. */
const SPECIAL_REVISION = /^refs\/(?:pr\/\d+|convert\/[\w.-]+|heads\/[\w.-]+|tags\/[\w.-]+)/;

/** Splits `org/name[@revision]`; null when the text is no model id. */
export function parseHubId(target: string): HubTarget | null {
  const match = HUB_ID.exec(target);
  // Git allows two dots in no name of a branch or tag; in an address they would lead elsewhere.
  if (match === null || match[1] === undefined || target.includes('..')) return null;
  return { id: match[1], revision: match[2] ?? 'main' };
}

/**
 * Reads what may name a model on the Hub: `org/name[@revision]`, or the address of its page, of its files or of one of them; null
 * when the text names nothing there. Throws `UsageError` (`target-not-a-model`) for datasets, Spaces and other addresses.
 * @param endpoint Address of the Hub, when it is another than huggingface.co.
 */
export function parseHubTarget(target: string, endpoint?: string): HubTarget | null {
  const other = otherKind(target);
  if (other !== null) throw notModel(target, other);
  const plain = parseHubId(target);
  if (plain !== null && !/^(?:www\.)?(?:huggingface\.co|hf\.co)\//.test(target)) return plain;
  const own = endpoint !== undefined && target.startsWith(`${endpoint}/`);
  const path = own ? target.slice(endpoint.length + 1) : HUB_URL.exec(target)?.[1];
  if (path === undefined) {
    if (!/^[a-z][a-z+.-]*:\/\//i.test(target)) return null;
    throw new UsageError('target-not-a-model', 'The target is an address, but none of the Hub.', {
      hint: 'Name a model on the Hub as org/name, or clone the repository and name its folder.',
    });
  }
  return fromPath(path, target);
}

/** The model of an address of the Hub. */
function fromPath(path: string, target: string): HubTarget {
  const bare = path.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  const other = otherKind(bare);
  if (other !== null) throw notModel(target, other);
  const [, id = '', rest] =
    /^([^/]+\/[^/@]+(?:@.*)?)(?:\/(?:tree|blob|resolve|raw|commit|edit)\/(.+))?$/s.exec(bare) ?? [];
  const revision = revisionIn(rest);
  const found = parseHubId(revision === undefined ? id : `${id}@${revision}`);
  if (found !== null) return found;
  throw new UsageError('target-not-a-model', 'The target is an address of the Hub, but that of no model.', {
    hint: 'An address of a model is https://huggingface.co/org/name, or …/org/name/tree/revision.',
  });
}

function revisionIn(rest: string | undefined): string | undefined {
  if (rest === undefined) return undefined;
  let decoded = rest;
  try {
    decoded = decodeURIComponent(rest);
  } catch {
    // As it is; no revision has such a name.
  }
  return SPECIAL_REVISION.exec(decoded)?.[0] ?? decoded.split('/')[0];
}

type OtherKind = 'dataset' | 'Space' | 'bucket';

const KINDS: readonly (readonly [RegExp, OtherKind])[] = [
  [/^datasets\/[^/]+\/./, 'dataset'],
  [/^spaces\/[^/]+\/./, 'Space'],
  [/^buckets\/[^/]+\/./, 'bucket'],
];

function otherKind(path: string): OtherKind | null {
  return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

function notModel(target: string, kind: OtherKind): UsageError {
  const why = {
    dataset: 'Its card has other metadata (configs, splits, size_categories), which is not checked here.',
    Space: 'Its card configures an app (sdk, app_file), which is not checked here.',
    bucket: 'It has no model card.',
  }[kind];
  return new UsageError('target-not-a-model', `${target} is a ${kind}, not a model. ${why}`, {
    hint: 'Name a model on the Hub as org/name, or the folder of a model repository.',
  });
}
