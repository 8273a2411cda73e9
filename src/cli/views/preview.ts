import type { FunnelRow } from '../../segment/funnel.ts';
import type { Preview, PreviewScript, ReachInChannel } from '../../segment/preview.ts';
import type { Sample, SampledContact } from '../../segment/sample.ts';
import type { FieldRow } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import type { WriteInstant } from '../../support/local-instant.ts';
import { counted, grouped } from '../../support/text.ts';
import type { MessageResult, RowsResult } from '../output/result.ts';
import { rows } from '../output/result.ts';
import { cellKind, plainData } from './record-columns.ts';

/**
 * What `segments:preview` found: one line, the funnel where there is more than one condition, the
 * sample.
 */
export function previewResult(preview: Preview): MessageResult {
  const { matching, contacts, filter, ms, reach, warnings } = preview;
  const share = contacts === 0 ? 0 : matching / contacts;
  return {
    kind: 'message',
    isAnswer: true,
    text: [
      `${grouped(matching)} of ${counted(contacts, 'contact')} ` +
        `${contacts === 1 ? 'matches' : 'match'} ` +
        `(${(share * 100).toFixed(1)} %) in ${grouped(ms)} ms`,
      ...(reach === null ? [] : [reachText(reach)]),
    ],
    details: [
      ...(preview.rows.length > 1 ? [funnelTable(preview.rows)] : []),
      ...(preview.sample.contacts.length > 0 ? [sampleTable(preview)] : []),
    ],
    data: {
      matching,
      contacts,
      share,
      conditions: preview.rows.map(conditionData),
      sample: preview.sample.contacts.map((contact) => sampledData(contact, preview.sample)),
      ms,
      filter,
      ...(reach === null ? {} : { reach: reachData(reach) }),
    },
    warnings,
  };
}

function reachText({ channel, suppressed, withoutAddress, reachable }: ReachInChannel): string {
  const unaddressed = withoutAddress === 0 ? '' : `, ${grouped(withoutAddress)} without an address`;
  return (
    `${grouped(suppressed)} suppressed in ${channel}${unaddressed}, ` +
    `${grouped(reachable)} can be reached`
  );
}

function reachData(reach: ReachInChannel): Record<string, unknown> {
  const { channel, suppressed, withoutAddress, reachable } = reach;
  return { channel, suppressed, without_address: withoutAddress, reachable };
}

function conditionData({
  row,
  glue,
  condition,
  matching,
  left,
  total,
}: FunnelRow): Record<string, unknown> {
  return { row, glue, condition, matching, left, total };
}

function sampledData(
  { id, email, name, values }: SampledContact,
  { fields }: Sample,
): Record<string, unknown> {
  return {
    id,
    email,
    name,
    fields: Object.fromEntries(
      fields.map((field, index) => [nameIn(field), plainData(field.type, values[index] ?? null)]),
    ),
  };
}

function nameIn({ object, alias }: FieldRow): string {
  return object === 'company' ? `company.${alias}` : alias;
}

function funnelTable(funnel: readonly FunnelRow[]): RowsResult {
  const isOneGroup = funnel.every(({ glue }) => glue !== 'or');
  return rows<FunnelRow>({
    rows: funnel,
    columns: [
      { key: 'row', kind: 'number', of: ({ row }) => row },
      { key: 'glue', fit: 'whole', of: ({ glue }) => glue },
      { key: 'condition', fit: 'wrap', of: ({ condition }) => condition },
      { key: 'matching', kind: 'count', importance: 'needed', of: ({ matching }) => matching },
      { key: 'left', kind: 'count', importance: 'needed', of: ({ left }) => left },
      { key: 'total', kind: 'count', inTable: !isOneGroup, of: ({ total }) => total },
    ],
    id: ({ row }) => row,
    empty: '',
  });
}

function sampleTable({ sample: { fields, contacts }, matching }: Preview): RowsResult {
  return rows<SampledContact>({
    rows: contacts,
    columns: [
      { key: 'id', kind: 'number', of: ({ id }) => id },
      { key: 'email', of: ({ email }) => email },
      { key: 'name', of: ({ name }) => name },
      ...fields.map((field, index) => ({
        key: nameIn(field),
        header: nameIn(field),
        kind: cellKind(field.type),
        of: ({ values }: SampledContact) => values[index] ?? null,
      })),
    ],
    id: ({ id }) => id,
    empty: '',
    footer: (count) =>
      count === matching
        ? 'all of them'
        : `the first ${grouped(count)} of ${grouped(matching)}, by id`,
  });
}

/** The statement of a preview, with what the reader of the script should know above it. */
export function scriptResult(
  { shell, filter, lines, statement, parameters, functions, warnings }: PreviewScript,
  now: number,
  instant: WriteInstant,
): MessageResult {
  const missing =
    functions.length === 0
      ? []
      : [
          `-- calls functions of rollcall's own, which ${shell.name} does not have: ` +
            functions.join(', '),
        ];
  const since = shell.from === undefined ? '' : ` (${shell.from} or later)`;
  return {
    kind: 'message',
    isAnswer: true,
    isVerbatim: true,
    text: [
      `-- ${filter}`,
      `-- as of ${instant(now)}; paste this into ${shell.name}${since}`,
      ...missing,
      ...lines,
    ],
    data: {
      filter,
      now: formatInstant(now),
      statement,
      parameters,
      functions,
      script: lines.join('\n'),
    },
    warnings,
  };
}
