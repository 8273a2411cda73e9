import type { ContactView } from '../../../contact/contact-view.ts';
import type { ContactSegmentRow, EventRow, FieldRow } from '../../../store/index.ts';
import type { WriteInstant } from '../../../support/local-instant.ts';
import { alignedLines, filledPairs } from '../record-columns.ts';
import { sinceText } from '../beginning.ts';

const ADDRESS = new Set(['address1', 'address2', 'city', 'state', 'zipcode', 'country']);

/**
 * A contact with all that is known of it, for people: groups of lines, none for what there is not.
 */
export function viewLines(
  { id, email, anonymous, fields, company, tags, segments, suppressions, events }: ContactView,
  instant: WriteInstant,
): string[] {
  const group = (belongs: (field: FieldRow) => boolean) =>
    filledPairs(
      fields.filter(({ field }) => belongs(field)),
      instant,
    );
  const isOwn = (field: FieldRow): boolean =>
    field.origin === 'standard' && !ADDRESS.has(field.alias);
  const links: [string, string][] = [
    ...(company === null ? [] : [['company', company.name] as [string, string]]),
    ...(tags.length === 0 ? [] : [['tags', tags.join(', ')] as [string, string]]),
  ];
  return [
    `contact ${id}${email === null ? '' : `, ${email}`}${anonymous ? ', anonymous' : ''}`,
    ...alignedLines([...group(isOwn), ...links]),
    ...section(
      'address',
      group(({ alias }) => ADDRESS.has(alias)),
    ),
    ...section(
      'your fields',
      group(({ origin }) => origin === 'custom'),
    ),
    ...section(
      'kept by the store',
      group(({ origin }) => origin === 'kept'),
    ),
    ...section(
      'segments',
      segments.map((segment) => [segment.alias, membership(segment, instant)]),
    ),
    ...section(
      'suppressed',
      suppressions.map(({ channel, reason, createdAt }) => [
        channel,
        `${reason}, since ${instant(createdAt)}`,
      ]),
    ),
    ...section(
      'latest events',
      events.map((event) => [instant(event.occurredAt), eventText(event)]),
    ),
  ];
}

function section(title: string, pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.length === 0 ? [] : [`${title}:`, ...alignedLines(pairs)];
}

function membership(row: ContactSegmentRow, instant: WriteInstant): string {
  const { isMember, pin, pinUntil } = row;
  const pinned =
    pin === null ? '' : `pinned ${pin}${pinUntil === null ? '' : ` until ${instant(pinUntil)}`}`;
  if (!isMember) return `${pinned}, no member`;
  return `${sinceText(row, instant)}${pinned === '' ? '' : `, ${pinned}`}`;
}

function eventText({ type, subject, value }: EventRow): string {
  return [type, subject, value].filter((part) => part !== null).join(' ');
}
