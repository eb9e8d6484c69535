/** What the child process of a smoke inference runs first: it starts `child.ts` from code that an earlier run compiled. */
import { runCompiled } from '../compiled.js';

/** Tells builds apart. Set by the build. */
declare const BUILD: string;

// The child is killed when it is done; it keeps its code before it loads a model.
runCompiled(__dirname, 'smoke-run', BUILD);
