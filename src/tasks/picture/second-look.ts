import type { SmokeCheck } from '../../smoke/report.js';
import { contradictionSeen } from '../checks/expected-output.js';
import type { SecondLook } from './picture-model.js';

/** Adds to a failed `expected-output` what a second look found; a wrong order of channels is a fault of its own. */
export function explainContradiction(check: SmokeCheck, { agreesWhen }: SecondLook): SmokeCheck {
  const seen = contradictionSeen(check);
  if (seen === null || agreesWhen === undefined) return check;
  switch (agreesWhen) {
    case 'red-blue-swapped':
      return {
        id: 'channel-order',
        status: 'failed',
        message: `${seen} With red and blue swapped it agrees with the card, so the graph seems to take blue first. Write "do_flip_channel_order": true into preprocessor_config.json, or export the model for red, green and blue in this order.`,
      };
    case 'red-blue-kept':
      return {
        id: 'channel-order',
        status: 'failed',
        message: `${seen} It agrees with the card when red and blue are not swapped. Delete do_flip_channel_order from preprocessor_config.json.`,
      };
    case 'not-normalized':
      return {
        ...check,
        message: `${seen} Without normalization it agrees with the card. Correct image_mean and image_std in preprocessor_config.json, or write "do_normalize": false there.`,
      };
  }
}
