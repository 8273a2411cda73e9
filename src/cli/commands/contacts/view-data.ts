import type { ContactView } from '../../../contact/contact-view.ts';
import { formatInstant } from '../../../support/clock.ts';
import { filledData } from '../../record-columns.ts';

/** A contact with all that is known of it, for programs. */
export function viewData({ id, email, anonymous, fields, company, tags, segments, suppressions, events }: ContactView): Readonly<Record<string, unknown>> {
  return {
    id,
    email,
    anonymous,
    fields: filledData(fields),
    company,
    tags,
    segments: segments.map(({ segmentId, alias, name, since, via, pin }) => ({ id: segmentId, alias, name, since: since === null ? null : formatInstant(since), via, pin })),
    suppressions: suppressions.map(({ channel, reason, createdAt }) => ({ channel, reason, since: formatInstant(createdAt) })),
    events: events.map(({ id: event, type, subject, value, occurredAt, properties }) => ({ id: event, type, subject, value, occurred_at: formatInstant(occurredAt), properties })),
  };
}
