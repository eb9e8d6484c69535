import { writeSync } from 'node:fs';
import { errorCode } from '../error-code.js';
import { encode, MAX_MESSAGE_BYTES, type Message } from './protocol.js';
import { leave } from './watchdog.js';

/** The file descriptor the parent listens on. */
const CHANNEL = 3;

/**
 * Tells the parent something, and returns when it is written: native code may block this thread, or end the process, right
 * after. Ends the process when the parent is gone. Throws `RangeError` for a message that is too long.
 */
export function say<Said = Message>(message: NoInfer<Said>): void {
  write(lineOf(message));
}

let unsaid: Buffer[] = [];
let unsaidBytes = 0;
/** Most bytes that wait for the end of the turn. */
const MOST_UNSAID = 1024 * 1024;

/** As `say`, but what is told in one turn is written as one at its end, before any native code runs. */
export function sayInTurn<Said = Message>(message: NoInfer<Said>): void {
  const bytes = lineOf(message);
  if (unsaid.length === 0) process.nextTick(sayAll);
  unsaid.push(bytes);
  unsaidBytes += bytes.length;
  if (unsaidBytes > MOST_UNSAID) sayAll();
}

function sayAll(): void {
  const all = Buffer.concat(unsaid);
  unsaid = [];
  unsaidBytes = 0;
  write(all);
}

/** Throws `RangeError` for a message that is too long. */
function lineOf(message: unknown): Buffer {
  const bytes = Buffer.from(`${encode(message)}\n`);
  if (bytes.length > MAX_MESSAGE_BYTES) throw new RangeError('The message is too long.');
  return bytes;
}

function write(bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(CHANNEL, bytes, written);
    } catch (error) {
      if (errorCode(error) === 'EPIPE') leave();
      if (!wouldBlock(error)) throw error;
      // Wait for the parent to read.
      pause();
    }
  }
}

/** Blocks this thread for 5 ms. */
export function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

/** Whether an error says that a pipe which does not block is full, or empty. */
export function wouldBlock(error: unknown): boolean {
  return errorCode(error) === 'EAGAIN';
}
