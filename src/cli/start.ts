#!/usr/bin/env node
/** What `validate-card` runs first: it starts the command from code that an earlier run compiled. */
import { runAndKeep } from '../compiled.js';

/** Tells builds apart. Set by the build. */
declare const BUILD: string;

runAndKeep(__dirname, 'command', BUILD);
