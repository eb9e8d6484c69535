import type { Diagnostic } from '../diagnostic.js';
import { lintCard } from '../lint.js';
import type { CardRequest } from './card-request.js';

/** What the Hub answers about a card: it takes one without errors. */
export interface CardVerdict {
  readonly errors: readonly Complaint[];
  readonly warnings: readonly Complaint[];
}

/** Something that the Hub does not like. */
export interface Complaint {
  /** In the words of the Hub, where they are known. */
  readonly message: string;
  /** JSON pointer into the front matter. */
  readonly path?: string;
  /** What is wrong, and what to do about it. */
  readonly help?: string;
}

/** What the Hub’s validator would say of a card, as far as it is known: of cards of data sets and spaces, what they have in common with those of models. */
export function cardVerdict({ content, repoType }: CardRequest): CardVerdict {
  const found = lintCard(content);
  const complaints = (hub: 'error' | 'warning') => found.filter((one) => one.hub === hub).map(complaintOf);
  const partly: Complaint = {
    message: `Only what the card of a ${repoType} has in common with that of a model was checked.`,
  };
  return {
    errors: complaints('error'),
    warnings: [...complaints('warning'), ...(repoType === 'model' ? [] : [partly])],
  };
}

/** The words of the Hub in the help of a finding, and where to read more. */
const HUB_WORDS = /(?:^| )The Hub says: (.*?)(?: More: validate-card explain \S+)?$/s;

function complaintOf({ message, path, help }: Diagnostic): Complaint {
  const [quote, words] = HUB_WORDS.exec(help) ?? [];
  return quote === undefined || words === undefined
    ? { message, path, help }
    : { message: words, path, help: `${message} ${help.replace(` The Hub says: ${words}`, '')}` };
}
