import { preview } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';

/** What the checks need to know of the letters that a CTC model gave. */
export interface LetterFacts {
  /** Tokens that have a score, by logits and by tokenizer; null when the tokenizer does not tell. */
  readonly width: number;
  readonly tokens: number | null;
  readonly frames: number;
  /** Frames in which the blank won. */
  readonly blanks: number;
  readonly meanScores: readonly number[];
  /** What transformers.js makes of the same frames. */
  readonly inJavaScript: string;
  /** The name of the blank, its number in the tokenizer, and in config.json where that says another one. */
  readonly blank: { readonly token: string; readonly id: number; readonly configured: number | null };
}

/** Whether each score has a token. */
export function checkLetters({ width, tokens }: LetterFacts): SmokeCheck {
  const id = 'vocabulary';
  if (tokens === null) return { id, status: 'skipped', message: 'The tokenizer does not tell its size.' };
  if (tokens === width) {
    return { id, status: 'passed', message: `The tokenizer has ${tokens} tokens, one for each score.` };
  }
  if (tokens > width) {
    return {
      id,
      status: 'warning',
      message: `The tokenizer has ${tokens} tokens, but the model gives ${width} scores: tokens from number ${width} on are never written. If they are letters, upload the tokenizer that the model was trained with.`,
    };
  }
  return {
    id,
    status: 'failed',
    message: `The model gives ${width} scores for each moment, but the tokenizer has only ${tokens} tokens: what wins beyond them is lost. Upload the tokenizer that the model was trained with.`,
  };
}

/** Whether the blank is what config.json says, and parts doubled letters in JavaScript too. */
export function checkBlank({ blank, inJavaScript }: LetterFacts, text: string): SmokeCheck {
  const id = 'blank-token';
  if (blank.configured !== null) {
    return {
      id,
      status: 'failed',
      message: `The blank of CTC is ${blank.token}, number ${blank.id} of the tokenizer, but config.json says pad_token_id ${blank.configured}. Write the number that the model was trained with into config.json, or upload its tokenizer.`,
    };
  }
  const [ours, theirs] = [text.toLowerCase(), inJavaScript.toLowerCase()];
  if (ours !== theirs && undoubled(ours) === undoubled(theirs)) {
    return {
      id,
      status: 'failed',
      message: `transformers.js writes ${preview(inJavaScript)} instead of ${preview(text)}: the blank ${blank.token} is marked special in tokenizer.json, so it is dropped before it can part doubled letters. Set "special": false for it in added_tokens.`,
    };
  }
  return { id, status: 'passed', message: `The blank is ${blank.token}, number ${blank.id}.` };
}

/** A text in which doubled letters are single. */
function undoubled(text: string): string {
  return text.replace(/(.)\1+/gsu, '$1');
}
