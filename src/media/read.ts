import type { Card } from '../card/card.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import type { Medium } from './medium.js';

/** Reads the media files of the repository that the widget examples of a card name; see `Surroundings.media`. */
export async function readMedia(
  _repo: Repo,
  _card: Card,
  _files: readonly RepoFile[] | null,
): Promise<ReadonlyMap<string, Medium>> {
  return new Map();
}
