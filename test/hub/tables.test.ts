import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.js';
import { architecture } from '../../src/hub/architectures.js';
import { defaultInputs } from '../../src/hub/default-inputs.js';
import { isLanguage, languages } from '../../src/hub/languages.js';
import { isLibrary, libraries } from '../../src/hub/libraries.js';
import { licenses, retiredLicenses } from '../../src/hub/licenses.js';
import { nearest } from '../../src/hub/nearest.js';
import { DETECTION_RULES } from '../../src/hub/tables/detection.generated.js';
import { readLibraryTasks, TABLES } from '../../src/hub/tables.js';
import { commonDefinitions, taskSchemas } from '../../src/hub/task-schemas.js';
import { retiredTasks, taskAliases, tasks } from '../../src/hub/tasks.js';

describe('generated tables', () => {
  it('are what the script makes of its sources', () => {
    expect(() =>
      execFileSync(
        process.execPath,
        ['node_modules/tsx/dist/cli.mjs', 'scripts/build-tables.ts', '--check'],
        {
          stdio: 'pipe',
        },
      ),
    ).not.toThrow();
  });

  it('agree with the packages they are made from', async () => {
    const hub = await import('@huggingface/tasks');
    const codes = await import('@huggingface/languages');
    expect([...tasks().keys()]).toEqual(Object.keys(hub.PIPELINE_DATA));
    expect([...tasks().values()].map((task) => task.order)).toEqual(
      Object.keys(hub.PIPELINE_DATA).map((_, i) => i),
    );
    for (const [tag, data] of Object.entries(hub.PIPELINE_DATA)) {
      expect(tasks().get(tag)).toMatchObject({ label: data.name, modality: data.modality });
      expect(tasks().get(tag)?.hidden).toBe('hideInModels' in data && data.hideInModels === true);
    }
    expect(
      Object.fromEntries([...TABLES.libraryTasks].map(([library, served]) => [library, [...served]])),
    ).toEqual(hub.LIBRARY_TASK_MAPPING);
    expect([...libraries()].sort()).toEqual(
      Object.entries(hub.MODEL_LIBRARIES_UI_ELEMENTS)
        .map(([key, { prettyLabel }]) => [key, prettyLabel])
        .sort(),
    );
    for (const code of [
      ...Object.keys(codes.LANGUAGES_ISO_639_1),
      ...Object.keys(codes.LANGUAGES_ISO_639_3),
    ]) {
      if (!isLanguage(code)) throw new Error(`${code} is missing`);
    }
    let count = 0;
    for (let i = 0; i < 26 ** 3; i++) {
      const letter = (n: number) => String.fromCharCode(97 + (Math.floor(i / n) % 26));
      if (isLanguage(letter(676) + letter(26) + letter(1))) count += 1;
    }
    expect(count).toBe(Object.keys(codes.LANGUAGES_ISO_639_3).length);
  });

  it('only name libraries, tasks and classes that exist', () => {
    for (const library of TABLES.libraryTasks.keys()) expect(libraries().has(library), library).toBe(true);
    for (const rule of DETECTION_RULES) {
      // CoreML is a format to the Hub, and its documentation names it among the detected libraries all the same.
      if (rule.library !== 'coreml') expect(libraries().has(rule.library), rule.library).toBe(true);
      const conditions = [
        rule.path,
        rule.paths,
        rule.extension,
        rule.config,
        rule.configAll,
        rule.architecture,
      ];
      expect(conditions.filter((condition) => condition !== undefined)).toHaveLength(1);
    }
    for (const task of taskAliases().values()) expect(tasks().has(task), task).toBe(true);
    for (const { successors } of retiredTasks().values()) {
      for (const task of successors) expect(tasks().has(task), task).toBe(true);
    }
  });
});

describe('look-ups', () => {
  it.each([
    ['BertForSequenceClassification', 'text-classification'],
    ['TFBertForMaskedLM', 'fill-mask'],
    ['LlamaForCausalLM', 'text-generation'],
    ['WhisperForConditionalGeneration', 'automatic-speech-recognition'],
    ['ViTForImageClassification', 'image-classification'],
    ['T5ForConditionalGeneration', 'text2text-generation'],
    // First and last class of the table.
    ['Phi4MultimodalForCausalLM', 'any-to-any'],
  ])('%s stands for %s', (name, task) => {
    expect(architecture(name)).toEqual({ task, from: 'table' });
  });

  it.each([
    '',
    ' ',
    'Bert',
    'BertForSequenceClassification ',
    'text-classification',
    'none',
    'constructor',
    'x'.repeat(1e6),
  ])('finds no class in odd name %#', (name) => expect(architecture(name)).toBeUndefined());

  it('knows classes without a task, and tasks from the registry', () => {
    expect(architecture('BeitBackbone')).toEqual({ task: null, from: 'table' });
    expect(architecture('MaskFormerForInstanceSegmentation')).toEqual({
      task: 'image-segmentation',
      from: 'registry',
    });
  });

  it.each(['en', 'no', 'lut', 'zho', 'code', 'multilingual', 'mul'])('takes the language %s', (code) => {
    expect(isLanguage(code)).toBe(true);
  });
  it.each([
    '',
    'EN',
    'en-US',
    'zh-CN',
    'english',
    'ger',
    'constructor',
    'toString',
    '__proto__',
    'aaaa',
    'a',
  ])('takes no language %j', (code) => expect(isLanguage(code)).toBe(false));
  it('knows libraries by their exact names', () => {
    for (const name of libraries().keys()) if (!isLibrary(name)) throw new Error(`${name} is missing`);
    for (const name of [
      '',
      'Transformers',
      'ACE-Step',
      'transformer',
      'acestep\tACE-Step',
      'a\nb',
      '.',
      'constructor',
    ]) {
      expect(isLibrary(name), name).toBe(false);
    }
  });
  it('names languages', () => expect(languages().get('de')).toBe('German'));

  it('knows licenses, and those that left the list', () => {
    expect(licenses().size).toBe(83);
    expect(licenses().get('apache-2.0')).toBe('Apache license 2.0');
    expect(licenses().has('constructor')).toBe(false);
    expect(retiredLicenses().get('tii-falcon-llm')).toBe('2023-07-18');
  });

  it('has default inputs and schemas by task, nothing by prototype names', () => {
    expect(defaultInputs('text-classification')).toEqual({
      language: 'en',
      inputs: ['I like you. I love you'],
    });
    expect(defaultInputs('conversational')?.inputs.length).toBeGreaterThan(0);
    expect(taskSchemas('text-classification')).toHaveProperty('output.type', 'array');
    expect(commonDefinitions).toHaveProperty('definitions.ClassificationOutput');
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(defaultInputs(name)).toBeUndefined();
      expect(taskSchemas(name)).toBeUndefined();
    }
  });
});

describe('nearest', () => {
  it.each([
    ['text-clasification', 'text-classification'],
    ['Text Classification', 'text-classification'],
    ['text_classification', 'text-classification'],
    ['fill-mask ', 'fill-mask'],
    ['txet-generation', 'text-generation'],
    ['text-to-speach', 'text-to-speech'],
  ])('%j is %s', (word, task) => expect(nearest(word, tasks().keys())).toBe(task));
  it.each(['', ' ', 'classification', 'bert', 'a', 'x'.repeat(1e6), 'texting'])(
    'odd word %# is near nothing',
    (word) => {
      expect(nearest(word, tasks().keys())).toBeUndefined();
    },
  );
  it('does not choose between two that are equally near', () => {
    expect(nearest('cat', ['bat', 'rat'])).toBeUndefined();
  });
});

describe('a map of the user', () => {
  it('replaces the map and says so', () => {
    const { tables, notes } = readLibraryTasks('\uFEFF{"timm": ["image-segmentation"]}', 'map.json');
    expect(notes).toEqual([]);
    expect(tables.userGiven).toBe(true);
    expect(tables.source).toContain('map.json');
    expect(tables.libraryTasks.get('timm')).toEqual(new Set(['image-segmentation']));
    expect(tables.libraryTasks.has('transformers')).toBe(false);
  });

  it('notes the first odd names of a map, and how many more there are', () => {
    const map = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`odd-${index}`, ['x']]));
    const { tables, notes } = readLibraryTasks(JSON.stringify(map), 'map.json');
    expect(tables.libraryTasks.size).toBe(60_000);
    expect(notes).toHaveLength(21);
    expect(notes.at(-1)).toBe("map.json: 119980 more names are not in the Hub's tables either.");
  });

  it('takes unknown names with a note', () => {
    const { tables, notes } = readLibraryTasks(
      '{"Transformers": ["text-clasification"], "__proto__": []}',
      'map.json',
    );
    expect(tables.libraryTasks.get('Transformers')).toEqual(new Set(['text-clasification']));
    expect(notes).toHaveLength(3);
    expect(notes[0]).toContain('Did you mean "text-classification"?');
    expect(notes[1]).toContain('Did you mean "transformers"?');
    expect(notes[2]).toContain('__proto__');
  });

  it.each([
    ['', 'no JSON'],
    ['{', 'no JSON'],
    ['[]', 'must be an object, not a list'],
    ['null', 'must be an object, not null'],
    ['"x"', 'must be an object, not a string'],
    ['{"timm": "image-classification"}', 'the tasks of "timm" must be a list, not a string'],
    ['{"timm": {"a": 1}}', 'the tasks of "timm" must be a list, not an object'],
    ['{"timm": ["image-classification", 3]}', 'task 2 of "timm" must be a pipeline tag, not a number'],
    ['{"timm": [""]}', 'not an empty string'],
    ['{"": []}', 'empty name'],
  ])('refuses %j', (text, message) => {
    const read = () => readLibraryTasks(text, 'map.json');
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
    expect(read).toThrow('map.json');
  });
});
