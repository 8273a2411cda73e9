/**
 * A time against another one of the same run. `verdict` is empty for a line that only informs.
 * @typedef {object} TimeLine
 * @property {'time'} kind
 * @property {string} work
 * @property {string} wall
 * @property {string} processor
 * @property {string} against
 * @property {string} limit
 * @property {string} verdict
 * @property {number} rounds
 *
 * @typedef {object} AmountLine
 * @property {'amount'} kind
 * @property {string} work
 * @property {string} amount
 * @property {string} limit
 * @property {string} verdict
 *
 * @typedef {{ kind: 'note', text: string }} NoteLine
 * @typedef {TimeLine | AmountLine | NoteLine} Line
 *
 * The largest ratio that is good enough, of both times or of each.
 * @typedef {number | { wall?: number, processor?: number }} Most
 */

/**
 * @param {string} work
 * @param {import('./measure.js').Taken} taken
 * @param {{ to: string, than: import('./measure.js').Taken, most?: Most | undefined }} against
 * @returns {TimeLine}
 */
export function ratioLine(work, taken, { to, than, most }) {
  const limits = typeof most === 'number' ? { wall: most, processor: most } : most;
  const wall = taken.ms / than.ms;
  const processor =
    taken.cpuMs === undefined || than.cpuMs === undefined ? undefined : taken.cpuMs / than.cpuMs;
  return {
    kind: 'time',
    work,
    wall: comparison(taken.ms, than.ms),
    processor: processor === undefined ? '' : comparison(taken.cpuMs ?? 0, than.cpuMs ?? 0),
    against: to,
    limit: limitOf(limits),
    verdict: verdictOf(limits, { wall, processor }),
    rounds: Math.min(taken.rounds, than.rounds),
  };
}

/**
 * @param {number} ms
 * @param {number} thanMs
 */
function comparison(ms, thanMs) {
  return `${duration(ms)} : ${duration(thanMs)} = ${factor(ms / thanMs)}`;
}

/** @param {{ wall?: number, processor?: number } | undefined} limits */
function limitOf({ wall, processor } = {}) {
  if (wall === processor) return wall === undefined ? '' : factor(wall);
  return [
    ...(wall === undefined ? [] : [`wall ${factor(wall)}`]),
    ...(processor === undefined ? [] : [`processor ${factor(processor)}`]),
  ].join(', ');
}

/**
 * Both ratios have to be within their limits; one that is not known, of a server, is not judged.
 * @param {{ wall?: number, processor?: number } | undefined} limits
 * @param {{ wall: number, processor: number | undefined }} ratios
 */
function verdictOf(limits, ratios) {
  if (limits === undefined) return '';
  const missed = /** @type {const} */ (['wall', 'processor']).filter(
    (kind) => (ratios[kind] ?? 0) > (limits[kind] ?? Infinity),
  );
  return missed.length === 0 ? 'yes' : `NO: ${missed.join(', ')}`;
}

/**
 * A time that stands alone.
 * @param {string} work
 * @param {import('./measure.js').Taken} taken
 * @returns {TimeLine}
 */
export function timeLine(work, { ms, cpuMs, rounds }) {
  return {
    kind: 'time',
    work,
    wall: duration(ms),
    processor: cpuMs === undefined ? '' : duration(cpuMs),
    against: '',
    limit: '',
    verdict: '',
    rounds,
  };
}

/**
 * @param {string} work
 * @param {number} amount
 * @param {string} unit
 * @param {number | undefined} [most]
 * @returns {AmountLine}
 */
export function amountLine(work, amount, unit, most) {
  return {
    kind: 'amount',
    work,
    amount: `${amount.toFixed(1)} ${unit}`,
    limit: most === undefined ? '' : `${most} ${unit}`,
    verdict: most === undefined ? '' : amount <= most ? 'yes' : 'NO',
  };
}

/**
 * @param {string} text
 * @returns {NoteLine}
 */
export const noteLine = (text) => ({ kind: 'note', text });

/** @param {number} ratio */
function factor(ratio) {
  const shown = ratio < 0.5 ? `1/${(1 / ratio).toFixed(1)}` : ratio.toFixed(2);
  return `${shown.replace(/\.0+$/, '')} ×`;
}

/** @param {number} ms */
export function duration(ms) {
  if (Math.abs(ms) < 1) return `${(ms * 1000).toFixed(0)} µs`;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/**
 * The lines as Markdown that can be read as text too: a table of times, one of amounts, and notes.
 * @param {readonly Line[]} lines
 */
export function tablesOf(lines) {
  const times = lines.flatMap((line) =>
    line.kind === 'time'
      ? [
          [
            line.work,
            line.wall,
            line.processor,
            line.against,
            line.limit,
            line.verdict,
            String(line.rounds),
          ],
        ]
      : [],
  );
  const amounts = lines.flatMap((line) =>
    line.kind === 'amount' ? [[line.work, line.amount, line.limit, line.verdict]] : [],
  );
  const notes = lines.flatMap((line) => (line.kind === 'note' ? [`- ${line.text}`] : []));
  return [
    tableOf(['work', 'wall', 'processor', 'against', 'at most', 'met', 'rounds'], times),
    tableOf(['amount', 'measured', 'at most', 'met'], amounts),
    notes.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} body
 */
export function tableOf(head, body) {
  if (body.length === 0) return '';
  const rows = [head, ...body];
  const widths = head.map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const text = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [text(head), text(widths.map((width) => '-'.repeat(width))), ...body.map(text)].join('\n');
}
