import type { ModelSummary } from '../../serve/model-info.js';

/** Models that have every word in their name, task, library or verdict, by name. */
export function matching(models: readonly ModelSummary[], text: string): readonly ModelSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return models
    .filter((model) => {
      const { id, pipeline_tag: task, library_name: library, support } = model;
      const all = [id, task, library, support.widget.state, support.api.reason].join(' ').toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .sort((a, b) => a.id.localeCompare(b.id, 'en'));
}
