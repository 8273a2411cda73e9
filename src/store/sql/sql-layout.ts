/**
 * Statements laid out for reading: a clause a line, long conditions a link a line, parameters
 * numbered.
 */

/** Tokens of one level, and the parentheses between them. */
interface Group {
  readonly parts: (string | Group)[];
}

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|\?|[^\s()?'"]+|\s+/g;
const CLAUSES: readonly string[] = ['from', 'where', 'group', 'having', 'order', 'limit'];
const WIDTH = 80;
const INDENT = '  ';

export function layOut(statement: string): string {
  return linesOf(parse(statement), 0).join('\n');
}

function parse(statement: string): Group {
  const root: Group = { parts: [] };
  const open = [root];
  let parameters = 0;
  for (const [token] of statement.matchAll(TOKEN)) {
    const group = open.at(-1) ?? root;
    if (token === '(') {
      const inner: Group = { parts: [] };
      group.parts.push(inner);
      open.push(inner);
    } else if (token === ')') unwrap(open.pop());
    else if (token === '?') group.parts.push(`?${++parameters}`);
    else group.parts.push(/^\s/.test(token) ? ' ' : token);
  }
  return root;
}

/** Parentheses around nothing but parentheses say nothing. */
function unwrap(group: Group | undefined): void {
  const [only, ...others] = group?.parts ?? [];
  if (typeof only === 'object' && others.length === 0) group?.parts.splice(0, 1, ...only.parts);
}

/** A level as lines without its parentheses; `depth` is how far it stands in. */
function linesOf(group: Group, depth: number): string[] {
  const links = linksOf(group);
  const indentOf = ({ isLink }: Link): string =>
    INDENT.repeat(depth + (isLink && links.some((link) => !link.isLink && link.isClause) ? 1 : 0));
  return links.flatMap((link) => {
    const indent = indentOf(link);
    const short = indent + link.parts.map(flat).join('').trim();
    return short.length <= WIDTH
      ? [short]
      : broken(link.parts, indent, indent.length / INDENT.length);
  });
}

/** One link whose parentheses are opened, each over lines of its own. */
function broken(parts: readonly (string | Group)[], indent: string, depth: number): string[] {
  const lines = [''];
  const append = (text: string): void => void lines.push((lines.pop() ?? '') + text);
  for (const part of parts) {
    if (typeof part === 'string' || flat(part).length <= WIDTH / 2) append(flat(part));
    else {
      append('(');
      lines.push(...linesOf(part, depth + 1), `${indent})`);
    }
  }
  const [first = '', ...more] = lines;
  return [indent + first.trim(), ...more.map((line) => line.trimEnd())];
}

interface Link {
  readonly parts: (string | Group)[];
  /** Begins with `and` or `or`. */
  readonly isLink: boolean;
  readonly isClause: boolean;
}

/** A level cut before each clause, and before each `and` and `or` but the one of a `between`. */
function linksOf({ parts }: Group): Link[] {
  const links: Link[] = [{ parts: [], isLink: false, isClause: parts[0] === 'select' }];
  let between = false;
  for (const part of parts) {
    const isLink = (part === 'and' && !between) || part === 'or';
    const isClause = typeof part === 'string' && CLAUSES.includes(part);
    if (part === 'between') between = true;
    else if (part === 'and') between = false;
    if (isLink || isClause) links.push({ parts: [part], isLink, isClause });
    else links.at(-1)?.parts.push(part);
  }
  return links;
}

function flat(part: string | Group): string {
  return typeof part === 'string' ? part : `(${part.parts.map(flat).join('').trim()})`;
}
