/**
 * The contacts of docs/coming-from.md at 10 April 2026, noon in Paris, where clocks had changed on
 * 29 March: they stand where systems differ, at midnights of both clocks, at zero, with nothing at
 * all, with `_` and `%` in a text.
 */
import type { TimeContext } from '../../src/filter/index.ts';
import { type Person, World } from './world.ts';
import { REFERENCE_COLUMNS } from './reference-world.ts';

const NOW = Date.parse('2026-04-10T10:00:00Z');
export const CLOCK: TimeContext = { now: NOW, zone: 'Europe/Paris', weekStart: 'monday' };

const at = (text: string): number => Date.parse(text);

type Event = NonNullable<Person['events']>[number];

function event(type: string, when: string, more: Omit<Partial<Event>, 'type'> = {}): Event {
  return { type, occurredAt: at(when), ...more };
}

function hit(
  subject: string,
  when: string,
  properties: Readonly<Record<string, string>> | null = null,
): Event {
  return event('page.hit', when, {
    subject,
    properties: properties === null ? null : JSON.stringify(properties),
  });
}

const MIDNIGHT_30_DAYS_AGO = '2026-03-10T23:00:00Z';
const TICK_BEFORE_IT = '2026-03-10T22:59:59.999Z';

const SPRING_ADS = { utm_source: 'ads', utm_campaign: 'spring', category: 'shoes' };

export const PEOPLE: Readonly<Record<string, Person>> = {
  nil: {},
  ann: {
    contact: {
      email: 'ann@news.example',
      phone: '+33612345678',
      mobile: '+33 6',
      first_name: 'Ann',
      city: 'Paris',
      zipcode: '75001',
      country: 'FR',
      website: 'https://my_site.example',
      locale: 'fr_FR',
      timezone: 'Europe/Paris',
      owner: 'sales',
      stage: 'trial',
      points: 50,
      plan: 'pro',
      customer: 1,
      interests: '|sailing|',
      birthday: '1990-04-10',
      renewal: '2026-04-10',
      created_at: at(MIDNIGHT_30_DAYS_AGO),
      identified_at: at('2026-01-01T12:00:00Z'),
      last_active_at: at('2026-04-09T22:00:00Z'),
    },
    company: { name: 'Acme', industry: 'retail', employees: 60 },
    tags: ['vip', 'campaign-spring'],
    events: [
      hit('https://x.example/pricing', '2026-04-05T09:00:00Z', SPRING_ADS),
      hit('https://x.example/pricing?a', '2026-04-08T09:00:00Z'),
      hit('https://x.example/PRICING', '2026-04-09T09:00:00Z'),
      event('email.sent', '2026-03-31T09:00:00Z', { subject: 'spring' }),
      event('email.read', '2026-04-01T09:00:00Z', { subject: 'spring' }),
      event('email.read', '2026-01-15T09:00:00Z', { subject: 'autumn' }),
      event('email.click', '2026-04-01T09:01:00Z', {
        properties: '{"url":"https://x.example/shop/1"}',
      }),
      event('form.submit', '2026-04-01T10:00:00Z', { subject: 'contact' }),
      event('form.submit', '2026-02-01T10:00:00Z', { subject: 'demo' }),
      event('asset.download', '2026-02-01T10:00:00Z', { subject: 'price list' }),
      event('purchase', '2026-04-01T10:00:00Z', { value: 120, properties: '{"category":"shoes"}' }),
      event('purchase', '2026-03-20T10:00:00Z', { value: 700 }),
      event('purchase', '2026-03-15T10:00:00Z', { value: 300 }),
      event('stage.changed', '2026-01-01T10:00:00Z', { subject: 'customer' }),
      event('plan.changed', '2026-01-01T10:00:00Z', { subject: 'pro' }),
    ],
    memberships: [
      { segmentId: 2, since: at('2026-04-08T10:00:00Z') },
      { segmentId: 3, since: at('2026-04-04T10:00:00Z') },
    ],
  },
  ben: {
    contact: {
      email: 'ben@example.org',
      phone: '',
      city: 'Saint-Denis',
      zipcode: '92100',
      country: 'BE',
      points: 0,
      plan: 'free',
      customer: 0,
      interests: '|golf|',
      birthday: '1991-04-09',
      renewal: '2026-04-09',
      created_at: at(TICK_BEFORE_IT),
      identified_at: at('2026-01-01T12:00:00Z'),
      last_active_at: at('2026-04-09T21:59:59.999Z'),
    },
    company: { name: 'Zeta', industry: 'food', employees: 5 },
    tags: ['press'],
    events: [
      hit('https://x.example/pricing', '2026-03-20T09:00:00Z'),
      hit('https://x.example/jobs', '2026-03-20T09:01:00Z'),
      hit('https://x.example/jobs/1', '2026-03-20T09:02:00Z', { category: 'hats' }),
      event('email.sent', '2026-03-31T09:00:00Z', { subject: 'spring' }),
      event('email.read', TICK_BEFORE_IT, { subject: 'autumn' }),
      event('form.submit', '2026-03-27T10:00:00Z', { subject: 'demo' }),
      event('purchase', '2025-12-31T22:59:59.999Z', { value: 15 }),
    ],
    suppressions: [{ channel: 'email', reason: 'unsubscribed' }],
    memberships: [{ segmentId: 2, since: at('2026-03-01T10:00:00Z') }],
  },
  cleo: {
    contact: {
      email: 'CLEO@News.EXAMPLE',
      mobile: '+33 7',
      city: 'Lyon',
      zipcode: '10115',
      country: 'France',
      points: 51,
      locale: 'en_GB',
      timezone: 'UTC',
      owner: 'amelia',
      stage: 'customer',
      interests: '|sailing|golf|',
      birthday: '1996-02-29',
      renewal: '2026-04-17',
      created_at: at('2026-03-11T09:59:59.999Z'),
      last_active_at: at('2026-04-09T20:00:00Z'),
    },
    company: { name: 'Nova', industry: null, employees: null },
    tags: ['vip', 'press'],
    events: [
      hit('/docs/start', '2026-04-04T09:00:00Z', { utm_source: 'ads', utm_campaign: 'winter' }),
      event('email.read', MIDNIGHT_30_DAYS_AGO, { subject: 'spring' }),
      event('form.submit', '2026-03-27T09:59:59.999Z', { subject: 'contact' }),
      event('purchase', '2026-05-01T10:00:00Z', { value: 1500, properties: '{"category":"hats"}' }),
    ],
    suppressions: [{ channel: 'email', reason: 'bounced' }],
    memberships: [{ segmentId: 3, since: at('2026-01-01T10:00:00Z') }],
  },
  dora: {
    contact: {
      phone: '06 12',
      city: 'SP_26 north',
      zipcode: '75002',
      country: 'DE',
      points: 10,
      interests: '|chess|',
      birthday: '2000-03-31',
      renewal: '2026-04-18',
      created_at: NOW,
      last_active_at: at('2026-04-08T22:00:00Z'),
    },
    events: [
      hit('/', '2026-03-31T22:00:00Z', {
        device: 'phone',
        referer: 'https://www.example.net',
        category: 'Red shoes',
      }),
    ],
    suppressions: [{ channel: 'sms', reason: 'manual' }],
    memberships: [{ segmentId: 1, since: at('2026-01-01T10:00:00Z') }],
  },
  eve: {
    contact: {
      email: 'eve@example.org',
      city: 'SPX26',
      country: 'france',
      points: 100,
      interests: '|golf|chess|',
      birthday: '1988-05-01',
      renewal: '2026-03-11',
      created_at: NOW + 1,
      last_active_at: at('2025-04-01T10:00:00Z'),
    },
    events: [hit('https://x.example/pricing', '2026-04-07T09:00:00Z')],
    suppressions: [{ channel: 'email', reason: 'manual' }],
  },
  finn: {
    contact: {
      city: 'Parma 100%',
      website: 'https://shop.example',
      points: 5,
      renewal: '2026-03-10',
      created_at: at('2026-03-11T23:00:00Z'),
      last_active_at: at(MIDNIGHT_30_DAYS_AGO),
    },
  },
  gina: {
    contact: {
      city: 'Paray 26',
      points: 1,
      renewal: '2026-03-31',
      created_at: at('2026-02-28T23:00:00Z'),
    },
  },
  hugo: {
    contact: {
      city: 'sankt pölten',
      country: 'fr',
      points: 80,
      customer: 1,
      birthday: '2026-04-12',
      renewal: '2026-04-05',
      created_at: at('2026-02-28T22:59:59.999Z'),
      last_active_at: at('2026-04-10T09:00:00Z'),
    },
    events: [
      hit('/pricing', '2026-04-09T09:00:00Z'),
      event('purchase', '2026-04-09T09:05:00Z', { value: 3 }),
      event('email.read', '2025-12-31T22:59:59.999Z', { subject: 'winter' }),
    ],
  },
  iris: {
    contact: {
      city: 'Saint-Malo',
      points: 2,
      customer: 0,
      renewal: '2027-01-01',
      created_at: at('2026-04-10T21:59:59.999Z'),
    },
  },
  jack: {
    contact: {
      city: 'Pau',
      points: 49,
      renewal: '2026-04-11',
      created_at: at('2026-04-10T22:00:00Z'),
    },
  },
  kim: { contact: { renewal: '2026-03-12', created_at: at('2026-03-31T21:59:59.999Z') } },
  leo: { contact: { renewal: '2026-04-30', created_at: at('2026-01-31T22:59:59.999Z') } },
  mona: { contact: { renewal: '2026-04-06', created_at: at('2025-12-31T22:59:59.999Z') } },
  nora: { contact: { created_at: at('2026-03-14T23:00:00Z') } },
};

export function newcomersWorld(): World {
  return new World(Object.values(PEOPLE), REFERENCE_COLUMNS);
}
