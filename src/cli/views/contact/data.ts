import type { ContactView } from '../../../contact/contact-view.ts';
import { formatInstant } from '../../../support/instant.ts';
import { filledData } from '../record-columns.ts';

const instant = (epochMs: number | null): string | null =>
  epochMs === null ? null : formatInstant(epochMs);

/** A contact with all that is known of it, for programs. */
export function viewData({
  id,
  email,
  anonymous,
  fields,
  company,
  tags,
  segments,
  suppressions,
  events,
}: ContactView): Readonly<Record<string, unknown>> {
  return {
    id,
    email,
    anonymous,
    fields: filledData(fields),
    company,
    tags,
    segments: segments.map(({ segmentId, alias, name, since, via, pin, pinUntil }) => ({
      id: segmentId,
      alias,
      name,
      since: instant(since),
      via,
      pin,
      pin_until: instant(pinUntil),
    })),
    suppressions: suppressions.map(({ channel, reason, createdAt }) => ({
      channel,
      reason,
      since: formatInstant(createdAt),
    })),
    events: events.map(({ id: event, type, subject, value, occurredAt, properties }) => ({
      id: event,
      type,
      subject,
      value,
      occurred_at: formatInstant(occurredAt),
      properties,
    })),
  };
}
