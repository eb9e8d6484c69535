import { BrokenPickle, isKind, LargePickle, type Pickled, UnknownGlobal } from './pickled.js';

/** The class that dicts with an order are made of. */
const ORDERED = 'collections.OrderedDict';

/** Most values that wait for what takes them: pickles hand over the entries of a dict a thousand at a time. */
const MAX_WAITING = 20_000;
/** Most values that are no number or text, and most that are remembered: a tensor has about ten, and a byte of a pickle can make one of a hundred. */
const MAX_VALUES = 1_000_000;
const TOO_MANY = `its pickle makes more than the ${MAX_VALUES} values that are read`;
/** Longest name of a class or function. */
const MAX_NAME = 200;

/**
 * Reads a pickle as a description, and executes nothing: a name is a text, a call is a pair of name and arguments. Only the instructions that
 * describe data are known, and of names only those that `allowed` takes; another one ends the reading. Takes time and memory in proportion to `bytes`:
 * what is remembered is used again, never copied. Throws `UnknownGlobal`, `LargePickle` and `BrokenPickle`. Source: pickletools.py of Python 3.13.
 */
export function readPickle(bytes: Uint8Array, allowed: (name: string) => boolean): Pickled {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const waiting: Pickled[] = [];
  const marks: number[] = [];
  const memo = new Map<number, Pickled>();
  let at = 0;
  let made = 0;

  /** Goes on by so many bytes; where they begin. */
  function skip(count: number): number {
    const from = at;
    if (count > bytes.length - from) throw new BrokenPickle('its pickle is cut off');
    at += count;
    return from;
  }
  function push(value: Pickled): void {
    if (waiting.length >= MAX_WAITING) throw new BrokenPickle('its pickle is nested too deeply');
    if (typeof value === 'object' && ++made > MAX_VALUES) throw new LargePickle(TOO_MANY);
    waiting.push(value);
  }
  /** The last value; of those before the last mark none is taken. */
  function pop(): Pickled {
    const value = waiting.length > (marks.at(-1) ?? 0) ? waiting.pop() : undefined;
    if (value === undefined) throw new BrokenPickle('its pickle takes a value that is not there');
    return value;
  }
  /** The values since the last mark. */
  function sinceMark(): Pickled[] {
    const mark = marks.pop();
    if (mark === undefined) throw new BrokenPickle('its pickle takes a mark that is not there');
    return waiting.splice(mark);
  }
  function mark(): void {
    if (marks.length >= MAX_WAITING) throw new BrokenPickle('its pickle is nested too deeply');
    marks.push(waiting.length);
  }
  function last(): Pickled {
    const value = pop();
    waiting.push(value);
    return value;
  }
  function text(length: number): string {
    const from = skip(length);
    return new TextDecoder().decode(bytes.subarray(from, from + length));
  }
  function line(): string {
    const end = bytes.subarray(at, at + MAX_NAME).indexOf(0x0a);
    if (end === -1) throw new BrokenPickle('its pickle has a name without an end');
    const found = text(end);
    at += 1;
    return found;
  }
  function global(module: string, name: string): Pickled {
    const whole = `${module}.${name}`;
    if (!allowed(whole)) throw new UnknownGlobal(whole);
    return { kind: 'global', name: whole };
  }
  function remember(key: number): void {
    if (memo.size >= MAX_VALUES) throw new LargePickle(TOO_MANY);
    memo.set(key, last());
  }
  function remembered(key: number): Pickled {
    const value = memo.get(key);
    if (value === undefined) throw new BrokenPickle('its pickle recalls a value that is not there');
    return value;
  }
  function long(length: number): number {
    if (length > 8) throw new BrokenPickle('its pickle has a number that no file is long enough for');
    const from = skip(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--)
      value = (value << 8n) | BigInt(bytes[from + index] ?? 0);
    return Number(BigInt.asIntN(8 * length, value));
  }
  function length64(): number {
    const length = view.getBigUint64(skip(8), true);
    return length > BigInt(bytes.length) ? Number.MAX_SAFE_INTEGER : Number(length);
  }

  for (;;) {
    const instruction = view.getUint8(skip(1));
    switch (instruction) {
      case 0x80: // PROTO
        skip(1);
        break;
      case 0x95: // FRAME
        skip(8);
        break;
      case 0x28: // MARK
        mark();
        break;
      case 0x4e: // NONE
        push(null);
        break;
      case 0x88: // NEWTRUE
        push(true);
        break;
      case 0x89: // NEWFALSE
        push(false);
        break;
      case 0x4b: // BININT1
        push(view.getUint8(skip(1)));
        break;
      case 0x4d: // BININT2
        push(view.getUint16(skip(2), true));
        break;
      case 0x4a: // BININT
        push(view.getInt32(skip(4), true));
        break;
      case 0x8a: // LONG1
        push(long(view.getUint8(skip(1))));
        break;
      case 0x47: // BINFLOAT
        push(view.getFloat64(skip(8)));
        break;
      case 0x55: // SHORT_BINSTRING
      case 0x8c: // SHORT_BINUNICODE
        push(text(view.getUint8(skip(1))));
        break;
      case 0x58: // BINUNICODE
        push(text(view.getUint32(skip(4), true)));
        break;
      case 0x8d: // BINUNICODE8
        push(text(length64()));
        break;
      case 0x29: // EMPTY_TUPLE
        push({ kind: 'tuple', items: [] });
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: {
        // TUPLE3
        const items = Array.from({ length: instruction - 0x84 }, pop).reverse();
        push({ kind: 'tuple', items });
        break;
      }
      case 0x74: // TUPLE
        push({ kind: 'tuple', items: sinceMark() });
        break;
      case 0x5d: // EMPTY_LIST
        push({ kind: 'list', items: [] });
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(sinceMark());
        break;
      case 0x7d: // EMPTY_DICT
        push({ kind: 'dict', entries: new Map() });
        break;
      case 0x73: {
        // SETITEM
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case 0x75: // SETITEMS
        setItems(sinceMark());
        break;
      case 0x71: // BINPUT
        remember(view.getUint8(skip(1)));
        break;
      case 0x72: // LONG_BINPUT
        remember(view.getUint32(skip(4), true));
        break;
      case 0x94: // MEMOIZE
        remember(memo.size);
        break;
      case 0x68: // BINGET
        push(remembered(view.getUint8(skip(1))));
        break;
      case 0x6a: // LONG_BINGET
        push(remembered(view.getUint32(skip(4), true)));
        break;
      case 0x63: // GLOBAL
        push(global(line(), line()));
        break;
      case 0x69: // INST
        throw new UnknownGlobal(`${line()}.${line()}`);
      case 0x93: {
        // STACK_GLOBAL
        const name = pop();
        const module = pop();
        if (typeof name !== 'string' || typeof module !== 'string') {
          throw new BrokenPickle('its pickle has a name that is no text');
        }
        push(global(module, name));
        break;
      }
      case 0x51: // BINPERSID
        push({ kind: 'outside', id: pop() });
        break;
      case 0x52: // REDUCE
        push(call(pop(), pop()));
        break;
      case 0x62: {
        // BUILD: attributes of a dict, such as the versions of the modules, which no tensor depends on.
        pop();
        if (!isKind(last(), 'dict')) throw new BrokenPickle('its pickle sets attributes of what is no dict');
        break;
      }
      case 0x2e: // STOP
        return pop();
      default:
        throw new BrokenPickle(
          `its pickle has the instruction 0x${instruction.toString(16).padStart(2, '0')}, which describes no tensors`,
        );
    }
  }

  function append(values: readonly Pickled[]): void {
    const list = last();
    if (!isKind(list, 'list')) throw new BrokenPickle('its pickle adds to what is no list');
    for (const value of values) list.items.push(value);
  }

  function setItems(items: readonly Pickled[]): void {
    const dict = last();
    if (!isKind(dict, 'dict') || items.length % 2 !== 0) {
      throw new BrokenPickle('its pickle sets items of what is no dict');
    }
    fill(dict.entries, items);
  }

  function call(args: Pickled, called: Pickled): Pickled {
    if (!isKind(called, 'global') || !isKind(args, 'tuple')) {
      throw new BrokenPickle('its pickle calls what is no function');
    }
    if (called.name !== ORDERED) return { kind: 'call', name: called.name, args: args.items };
    // Pairs would have to be copied, again for each call.
    if (args.items.length > 0) throw new BrokenPickle('its pickle makes a dict of something else');
    return { kind: 'dict', entries: new Map() };
  }
}

/** Keys and values in turns. */
function fill(entries: Map<string | number, Pickled>, items: readonly Pickled[]): void {
  for (let index = 0; index < items.length; index += 2) {
    const key = items[index];
    const value = items[index + 1];
    if ((typeof key !== 'string' && typeof key !== 'number') || value === undefined) {
      throw new BrokenPickle('its pickle has a key that is neither text nor number');
    }
    entries.set(key, value);
  }
}
