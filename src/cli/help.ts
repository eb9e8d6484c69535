import { UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { type Style, style } from '../report/style.js';
import { padded } from '../report/text.js';
import { type Entry, HELP_TOPICS, type HelpTopic, PAGES } from './help-pages.js';

/** The page of a topic as lines of at most 80 columns, thirty at most; without a topic the first page. */
export function helpText(color: boolean, topic: HelpTopic = 'validate-card'): string {
  const paint = style(color);
  const { lead, usage, sections } = PAGES[topic];
  const lines = [...lead];
  usage.forEach((one, index) => {
    lines.push(...(index === 0 ? ['', `${paint.bold('Usage')}  ${one}`] : [`       ${one}`]));
  });
  for (const { title, entries } of sections) {
    const width = Math.max(...entries.map(({ term }) => term.length)) + 2;
    lines.push('', paint.bold(title), ...entries.map((entry) => line(entry, width, paint)));
  }
  return `${lines.join('\n')}\n`;
}

/** The page of a topic as a person wrote it. Throws `UsageError` for one that does not exist. */
export function helpFor(topic: string | undefined, color: boolean): string {
  if (topic === undefined) return helpText(color);
  const found = HELP_TOPICS.find((one) => one === topic.replace(/^--/, ''));
  if (found !== undefined) return helpText(color, found);
  const meant = nearest(topic, HELP_TOPICS);
  throw new UsageError('help-topic', `There is no help on ${topic}.`, {
    hint: `${didYouMean(meant)}Topics: ${HELP_TOPICS.slice(1).join(', ')}. A folder of that name is checked as ./help.`,
  });
}

function line({ term, text }: Entry, width: number, paint: Style): string {
  return `  ${paint.cyan(padded(term, width))}${text}`;
}
