import { UsageError } from '../errors.js';
import { type Proposal, proposeFiles } from '../online/fix-pull-request.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import type { HubTarget } from '../repo/hub-target.js';
import type { Repo } from '../repo/repo.js';
import { formatReport } from '../report/index.js';
import { inline } from '../report/markdown.js';
import type { Report } from '../report/report.js';
import { counted } from '../report/wording.js';
import type { Validation } from '../validate.js';
import { TOOL } from '../version.js';
import { type Fixes, type FixPolicy, fixesOf } from './fix.js';

/** Longest description, in UTF-16 units: the Hub takes 65,536 of a comment. */
const LONGEST = 60_000;

/**
 * The model on the Hub that a pull request can be opened for. Throws `UsageError` when the target is none, or there is no token.
 */
export function pullRequestTarget({ target }: Repo, access: HubAccess): HubTarget {
  if (target.kind !== 'hub') {
    throw new UsageError(
      'hub-pr-target',
      '--hub-pr opens a pull request on the Hub; the target is not there.',
      {
        hint: 'Name the model as org/name. For a folder there is --fix.',
      },
    );
  }
  // A pull request goes to a branch; commits and other pull requests are none.
  if (/^(?:[0-9a-f]{40}|refs\/)/.test(target.revision)) {
    throw new UsageError('hub-pr-revision', `--hub-pr needs a branch, and ${target.revision} is none.`, {
      hint: `Write ${target.id}, or ${target.id}@ and the name of a branch.`,
    });
  }
  if (access.offline) {
    throw new UsageError('hub-pr-offline', '--hub-pr needs the Hub, and HF_HUB_OFFLINE forbids to ask it.', {
      hint: 'Unset HF_HUB_OFFLINE.',
    });
  }
  if (access.token === undefined) {
    throw new UsageError('hub-pr-token', '--hub-pr needs a token of the Hub that may write.', {
      hint: 'Set HF_TOKEN to one from https://huggingface.co/settings/tokens, or run `hf auth login`.',
    });
  }
  return { id: target.id, revision: target.revision };
}

/** Opens the pull request with the fixes, unless there is nothing to fix or it is open already; one line for a person. */
export async function openFixPullRequest(
  repo: Repo,
  target: HubTarget,
  policy: FixPolicy,
  { report, sources }: Validation,
  access: HubAccess,
): Promise<string> {
  const fixes = await fixesOf(repo, policy);
  if (fixes.changes.length === 0) {
    return `Nothing to fix in ${target.id}: no pull request was opened.`;
  }
  const description = descriptionOf(fixes, report, sources);
  return inWords(await proposeFiles(target, fixes.changes, description, access, repo.commit));
}

function inWords({ kind, address }: Proposal): string {
  switch (kind) {
    case 'opened':
      return `Opened a pull request with the fixes: ${address}`;
    case 'open-already':
      return `A pull request with these fixes is open already: ${address}`;
    case 'closed-before':
      return `A pull request with these fixes was closed without being merged, and is not opened again: ${address}`;
    case 'other-open':
      return `A pull request of validate-card with other fixes is open; merge or close it first: ${address}`;
  }
}

/** What is changed, then the report as Markdown; of findings as many as there is room for. */
function descriptionOf(
  { before, after, changes }: Fixes,
  report: Report,
  sources: Validation['sources'],
): string {
  const files = changes.map(({ path }) => `<code>${inline(path)}</code>`).join(', ');
  const head =
    `${TOOL.name} ${TOOL.version} corrects ${files}: ${counted(before.length, 'finding')} before, ${after.length} left. ` +
    'Only what has one right answer is changed.\n\nThe report on the card as it is:\n\n';
  const { diagnostics } = report;
  for (let shown = diagnostics.length; ; shown = shown >> 1) {
    const missing = diagnostics.length - shown;
    const part = { ...report, diagnostics: diagnostics.slice(0, shown) };
    const rest = missing === 0 ? '' : `\n${counted(missing, 'further finding')} left out here.\n`;
    const text = `${head}${formatReport(part, 'markdown', { sources })}${rest}`;
    if (text.length <= LONGEST) return text;
    // Without its findings a report is that long only for a huge smoke inference.
    if (shown === 0) return head;
  }
}
