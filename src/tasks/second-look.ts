import type { SmokeCheck } from '../smoke/report.js';
import type { SecondLook } from './picture-model.js';

/** Adds to a failed `expected-output` what a second look found; a wrong order of channels is a fault of its own. */
export function explainContradiction(check: SmokeCheck, { agreesWhen }: SecondLook): SmokeCheck {
  if (check.id !== 'expected-output' || check.status !== 'failed' || agreesWhen === undefined) return check;
  // What to do about it follows from what the second look found, not from the first.
  const [seen = ''] = check.message.split(/(?<=\.) /);
  return agreesWhen === 'red-blue-swapped'
    ? {
        id: 'channel-order',
        status: 'failed',
        message: `${seen} With red and blue swapped, the model agrees with the card: it was trained on BGR. Set "do_flip_channel_order": true in preprocessor_config.json, or export the model for RGB.`,
      }
    : {
        ...check,
        message: `${seen} Without normalization, the model agrees with the card: correct image_mean and image_std in preprocessor_config.json, or set "do_normalize": false.`,
      };
}
