import { DiagnosticSeverity, type Diagnostic as LspDiagnostic } from 'vscode-languageserver-types';
import { readConfig } from '../config/parse.js';
import { UserError } from '../errors.js';
import { SOURCE } from './diagnostics.js';

/** Stands in messages for the name of the file, and is taken out again. */
const NAME = 'settings';

/** What is wrong with the text of a settings file, as findings on whole lines. */
export function settingsFaults(text: string): readonly LspDiagnostic[] {
  try {
    readConfig(text, NAME);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lines = text.split(/\r\n|\r|\n/);
    return error.message.split('\n').map((said) => {
      const [, number = '1', fault = said] = /^settings:(\d+): ([\s\S]*)$/.exec(said) ?? [];
      const line = Math.min(Number(number), lines.length) - 1;
      const content = lines[line] ?? '';
      return {
        range: {
          start: { line, character: content.length - content.trimStart().length },
          end: { line, character: content.length },
        },
        severity: DiagnosticSeverity.Error,
        source: SOURCE,
        message: fault,
      };
    });
  }
}
