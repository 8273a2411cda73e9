/**
 * The store of the reference pages: every field that their examples name, and enough people that
 * each example holds for some and not for others.
 */
import {
  evaluateFilter,
  readFilter,
  type Catalogue,
  type CatalogueField,
  type FieldType,
  type FilterAst,
  type TimeContext,
} from '../../src/filter/index.ts';
import { type Person, TIME, World } from './world.ts';

const CONTACT_FIELDS: Readonly<Record<string, FieldType>> = {
  email: 'email',
  phone: 'phone',
  mobile: 'phone',
  first_name: 'text',
  city: 'text',
  zipcode: 'text',
  country: 'text',
  website: 'url',
  locale: 'text',
  timezone: 'text',
  owner: 'text',
  stage: 'text',
  points: 'number',
  created_at: 'datetime',
  identified_at: 'datetime',
  last_active_at: 'datetime',
  plan: 'select',
  customer: 'boolean',
  birthday: 'date',
  renewal: 'date',
  interests: 'multiselect',
};
const COMPANY_FIELDS: Readonly<Record<string, FieldType>> = {
  name: 'text',
  industry: 'text',
  employees: 'number',
};
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  plan: ['free', 'pro', 'team'],
  interests: ['sailing', 'golf', 'chess'],
};

const fieldsOf = (
  object: 'contact' | 'company',
  types: Readonly<Record<string, FieldType>>,
  firstId: number,
): CatalogueField[] =>
  Object.entries(types).map(([name, type], index) => ({
    id: firstId + index,
    object,
    name,
    label: name,
    type,
    column: name,
    options: OPTIONS[name] ?? [],
  }));

export const REFERENCE_CATALOGUE: Catalogue = {
  fields: [...fieldsOf('contact', CONTACT_FIELDS, 1), ...fieldsOf('company', COMPANY_FIELDS, 101)],
  segments: ['churned', 'hot', 'newsletter'].map((alias, index) => ({
    id: index + 1,
    alias,
    published: true,
    refersTo: [],
  })),
};

const PEOPLE = 900;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** Distances from now, in ms: dense near now, where windows and days end, and years away. */
const AGES = [
  0,
  5 * MINUTE,
  40 * MINUTE,
  100 * MINUTE,
  6 * 60 * MINUTE,
  13 * 60 * MINUTE,
  ...[
    1, 1.5, 2, 3, 5, 6, 8, 12, 20, 25, 33, 45, 65, 74, 80, 100, 150, 190, 250, 340, 400, 500, 900,
  ].map((days) => days * DAY),
];

/** The same for each run: a step through a fixed cycle of numbers. */
function chooser(seed: number): <T>(pool: readonly T[]) => T {
  let state = seed;
  return (pool) => {
    state = (state * 48_271) % 2_147_483_647;
    return pool[state % pool.length]!;
  };
}

function person(index: number): Person {
  const pick = chooser(index * 7_919 + 17);
  for (let turn = 0; turn < 5; turn += 1) pick([0]); // the first numbers of near seeds are alike
  const before = (): number => TIME.now - pick(AGES);
  const around = (): number => TIME.now + pick([1, -1]) * pick(AGES);
  const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
  const maybe = <T>(value: () => T): T | null => (pick([0, 1, 2]) === 0 ? null : value());
  const event = () => ({
    type: pick([
      'page.hit',
      'page.hit',
      'page.hit',
      'purchase',
      'purchase',
      'email.sent',
      'email.read',
      'email.click',
      'form.submit',
      'asset.download',
      'webinar',
      'stage.changed',
      'plan.changed',
    ]),
    subject: pick([
      '/pricing/pro',
      '/pricing',
      'https://example.org/pricing',
      '/docs/start',
      '/docs/filter',
      'spring',
      'contact',
      'customer',
      'pro',
      null,
    ]),
    value: pick([null, 3, 15, 45, 60, 120, 700, 1500]),
    occurredAt: around(),
    properties: pick([
      null,
      '{"size":12,"due":"2026-03-20","url":"https://example.org/shop/1"}',
      '{"size":"8","utm_source":"ads","utm_campaign":"spring","category":"shoes"}',
      '{"device":"phone","referrer":"https://news.example","category":"Red shoes","url":"/shop"}',
    ]),
  });
  return {
    contact: {
      email: maybe(() => pick([`a${index}@news.example`, `u${index}@example.org`])),
      phone: maybe(() => pick(['+33612345678', '06 12', ''])),
      mobile: maybe(() => '+33 6 12'),
      first_name: maybe(() => pick(['Ann', 'Bob'])),
      city: maybe(() => pick(['Paris', 'Saint-Denis', 'Sankt Pölten', 'Lyon', 'Paray'])),
      zipcode: maybe(() => pick(['75001', '92100', '10115'])),
      country: maybe(() => pick(['FR', 'BE', 'DE', 'France'])),
      website: maybe(() => pick(['https://shop.example/a', 'https://my_site.example'])),
      locale: maybe(() => pick(['fr_FR', 'en_GB'])),
      timezone: maybe(() => pick(['Europe/Paris', 'UTC'])),
      owner: maybe(() => pick(['sales', 'amelia'])),
      stage: maybe(() => pick(['trial', 'customer'])),
      points: maybe(() => pick([0, 1, 2, 3, 5, 10, 20, 30, 50, 51, 80, 100, 150])),
      created_at: maybe(before),
      identified_at: maybe(before),
      last_active_at: maybe(before),
      plan: maybe(() => pick(['free', 'pro', 'team'])),
      customer: maybe(() => pick([0, 1])),
      birthday: maybe(() =>
        day(TIME.now - 9_131 * DAY + pick([-20, -2, -1, 0, 1, 2, 3, 5, 8, 12, 30]) * DAY),
      ),
      renewal: maybe(() => day(around())),
      interests: maybe(() => pick(['|sailing|', '|golf|', '|sailing|golf|', '|chess|'])),
    },
    company: pick([
      undefined,
      {
        name: pick(['Acme', 'Zeta']),
        industry: pick(['retail', 'food', null]),
        employees: pick([5, 60, null]),
      },
    ]),
    tags: ['vip', 'press', 'campaign-spring'].filter(() => pick([0, 1, 2]) === 0),
    events: Array.from({ length: pick([0, 0, 1, 3, 6, 12, 40]) }, event),
    suppressions: ['email', 'sms']
      .filter(() => pick([0, 1, 2]) === 0)
      .map((channel) => ({ channel, reason: pick(['unsubscribed', 'bounced', 'manual']) })),
    memberships: [1, 2, 3]
      .filter(() => pick([0, 1]) === 0)
      .map((segmentId) => ({ segmentId, since: before() })),
  };
}

export const REFERENCE_COLUMNS = Object.entries(CONTACT_FIELDS).map(
  ([name, type]) =>
    [
      name,
      type === 'datetime' || type === 'boolean'
        ? 'integer'
        : type === 'number'
          ? 'real'
          : 'text collate nocase',
    ] as const,
);

export function referenceWorld(): World {
  return new World(
    Array.from({ length: PEOPLE }, (_, index) => person(index)),
    REFERENCE_COLUMNS,
  );
}

/** The members of a filter: both shapes of SQL and the rows in memory must agree on them. */
export function membersOf(
  world: World,
  text: string,
  time: TimeContext = TIME,
): { readonly ast: FilterAst; readonly answers: readonly (readonly number[])[] } {
  const { ast } = readFilter(text, REFERENCE_CATALOGUE);
  const inMemory = world.rows.flatMap((row, index) =>
    evaluateFilter(ast, row, { time, catalogue: REFERENCE_CATALOGUE }) ? [index + 1] : [],
  );
  return {
    ast,
    answers: [
      world.select(ast, 'scan', time, REFERENCE_CATALOGUE),
      world.select(ast, 'probe', time, REFERENCE_CATALOGUE),
      inMemory,
    ],
  };
}
