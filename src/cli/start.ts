#!/usr/bin/env node
/** What `validate-card` runs first: it starts the command from code that an earlier run compiled. */
import { runCompiled } from '../compiled.js';

/** Tells builds apart. Set by the build. */
declare const BUILD: string;

const argv = process.argv.slice(2);
if (argv.includes('--smoke')) {
  void import('../smoke/early-child.js').then(({ startEarlyChild }) =>
    runCompiled(__dirname, 'command', BUILD, startEarlyChild(argv, __dirname)),
  );
} else runCompiled(__dirname, 'command', BUILD);
