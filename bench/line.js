/**
 * One line of the results: what was measured, against what, and the limit to meet (`met` is
 * undefined for a line that only informs).
 * @typedef {object} Line
 * @property {string} work
 * @property {string} measured
 * @property {string} figure
 * @property {string} limit
 * @property {boolean | undefined} met
 */

/**
 * One time against another of the same run.
 * @param {string} work
 * @param {number} ms
 * @param {{ to: string, toMs: number, most?: number }} against `most` is the largest ratio that is
 * good enough
 * @returns {Line}
 */
export function ratioLine(work, ms, { to, toMs, most }) {
  const ratio = ms / toMs;
  const shown = (/** @type {number} */ x) => (x < 0.5 ? `1/${(1 / x).toFixed(1)}` : x.toFixed(2));
  return {
    work,
    measured: `${duration(ms)} against ${duration(toMs)}`,
    figure: `${shown(ratio)} × ${to}`,
    limit: most === undefined ? '' : `${shown(most).replace(/\.0+$/, '')} ×`,
    met: most === undefined ? undefined : ratio <= most,
  };
}

/**
 * @param {string} work
 * @param {number} value
 * @param {number} most
 * @param {string} unit
 * @returns {Line}
 */
export function amountLine(work, value, most, unit) {
  return {
    work,
    measured: '',
    figure: `${value.toFixed(1)} ${unit}`,
    limit: `${most} ${unit}`,
    met: value <= most,
  };
}

/**
 * A line that only informs.
 * @param {string} work
 * @param {string} measured
 * @returns {Line}
 */
export function noteLine(work, measured) {
  return { work, measured, figure: '', limit: '', met: undefined };
}

/** @param {number} ms */
export function duration(ms) {
  if (Math.abs(ms) < 1) return `${(ms * 1000).toFixed(0)} µs`;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/**
 * A table in Markdown that can be read as text too.
 * @param {readonly Line[]} lines
 */
export function tableOf(lines) {
  const rows = [
    ['work', 'measured', 'figure', 'at most', ''],
    ...lines.map(({ work, measured, figure, limit, met }) => [
      work,
      measured,
      figure,
      limit,
      met === undefined ? '' : met ? 'yes' : 'NO',
    ]),
  ];
  const widths =
    rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const text = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [text(head), text(widths.map((width) => '-'.repeat(width))), ...body.map(text)].join('\n');
}
