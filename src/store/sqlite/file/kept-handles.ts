import type Sqlite from 'better-sqlite3';

/*
 * better-sqlite3 12 builds on Node's own base class of native objects. From 24.19 on, that class asks
 * for the environment when an object is destroyed, and ends the process (134) where there is none: in
 * a garbage collection outside JavaScript, such as one at the end. Closing the handle does not help,
 * for the object remains. So on such a Node no handle is ever collected: Node destroys them all, with
 * an environment, when it leaves. Version 13 does without that class, but needs Node 22.
 */
const IS_COLLECTING_SAFE = Number(process.versions.node.split('.')[0]) < 24;

/**
 * All handles of this thread. They are kept for as long as it lives, so they belong to the module,
 * not to a connection. What they hold of SQLite is freed when their database is closed.
 */
const handles: Native[] = [];

/** A native object, with the methods by which it makes others: statements, iterators, copies. */
interface Native {
  prepare?: Maker;
  iterate?: Maker;
  backup?: Maker;
}
type Maker = (...args: unknown[]) => Native;

/** Keeps the handles of a database that was just opened, on a Node that must not collect them. */
export function keepHandlesOf(raw: Sqlite.Database): void {
  if (!IS_COLLECTING_SAFE) keepHandles(nativeOf(raw));
}

/** The native object of a database, which better-sqlite3 keeps under a symbol of its own. */
function nativeOf(raw: Sqlite.Database): Native {
  const [symbol] = Object.getOwnPropertySymbols(raw);
  const native: unknown = symbol === undefined ? undefined : Reflect.get(raw, symbol);
  if (typeof native === 'object' && native !== null && 'prepare' in native) return native as Native;
  throw new Error('better-sqlite3 keeps its native database elsewhere');
}

/** Keeps the object, and all that is made by it from now on. */
function keepHandles(native: Native): void {
  handles.push(native);
  for (const method of ['prepare', 'iterate', 'backup'] as const) {
    const make = native[method]?.bind(native);
    if (make === undefined) continue;
    native[method] = (...args) => {
      const made = make(...args);
      keepHandles(made);
      return made;
    };
  }
}
