import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { importContacts } from '../../src/csv/import.ts';
import { CONTACT_SYNONYMS } from '../../src/csv/synonyms.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { parseConsentTarget } from '../../src/csv/consent/target.ts';
import { findPreset, readingOf } from '../../src/csv/presets/find-preset.ts';
import { PRESETS } from '../../src/csv/presets/presets.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

const FIXTURES = new URL('../../fixtures/presets/', import.meta.url).pathname;
const CONSENT = ['unsubscribed', 'bounced', 'do_not_contact'];

async function imported(world: World, name: string, options: ImportOptions = {}) {
  const copy = join(world.folder, 'copy.csv');
  copyFileSync(join(FIXTURES, name), copy);
  return importContacts(world.store, copy, options, {
    stdin: Readable.from([]),
    now: NOW,
    by: null,
  });
}

/** By name: whom it suppresses where, and what else is told of Ann. */
async function told(world: World, columns: readonly string[]): Promise<unknown> {
  const rows = (await world.list('email', ...CONSENT)) as (string | null)[][];
  const [ann = []] = (await world.list(...columns, 'email', 'id')) as unknown[][];
  return {
    suppressed: Object.fromEntries(
      rows.flatMap(([email, ...reasons]) => {
        const said = reasons.flatMap((channels, index) =>
          channels === null || channels === '' ? [] : [`${CONSENT[index] ?? ''} ${channels}`],
        );
        return said.length === 0 ? [] : [[email?.split('@')[0], said.join(', ')]];
      }),
    ),
    ann: ann.slice(0, -2),
  };
}

interface Case {
  readonly system: string;
  readonly suppressed: Readonly<Record<string, string>>;
  readonly ann: Readonly<Record<string, unknown>>;
}

const UNSUBSCRIBED = 'unsubscribed email';
const BOUNCED = 'bounced email';
const MANUAL = 'do_not_contact email';

const CASES: Readonly<Record<string, Case>> = {
  'activecampaign.csv': {
    system: 'activecampaign',
    suppressed: { ann: UNSUBSCRIBED, cid: BOUNCED },
    ann: { first_name: 'Ann', phone: '0199001234', tags: 'prospect|webinar' },
  },
  'brevo.csv': {
    system: 'brevo',
    suppressed: { ann: UNSUBSCRIBED, bob: 'unsubscribed sms' },
    ann: { last_name: 'Lee', mobile: '33639980001', created_at: Date.UTC(2022, 3, 12, 9, 30) },
  },
  'google.csv': {
    system: 'google',
    suppressed: {},
    ann: {
      first_name: 'Ann',
      phone: '+33 6 39 98 00 01',
      company: 'Acme',
      position: 'CEO',
      tags: 'Friends|myContacts',
      city: 'Paris',
    },
  },
  'google-old.csv': {
    system: 'google',
    suppressed: {},
    ann: { last_name: 'Lee', company: 'Acme', position: 'CEO', tags: 'Imported|myContacts' },
  },
  'hubspot.csv': {
    system: 'hubspot',
    suppressed: {
      ...{ ann: UNSUBSCRIBED, cid: BOUNCED, dan: BOUNCED },
      eve: 'do_not_contact email',
    },
    ann: { phone: '+33 1 99 00 12 34', stage: 'Customer', owner: 'Kim Berg', country: 'France' },
  },
  'keila.csv': {
    system: 'keila',
    suppressed: { bob: UNSUBSCRIBED, cid: BOUNCED },
    ann: { first_name: 'Ann', city: 'Paris' },
  },
  'kit.csv': {
    system: 'kit',
    suppressed: { ann: BOUNCED, cid: MANUAL, dan: MANUAL },
    ann: { first_name: 'Ann', created_at: Date.UTC(2022, 8, 10, 11, 12, 13) },
  },
  'klaviyo.csv': {
    system: 'klaviyo',
    suppressed: { ann: UNSUBSCRIBED, bob: MANUAL },
    ann: { position: 'CEO', title: null, company: 'Acme', state: 'IDF', zipcode: '75001' },
  },
  'linkedin.csv': {
    system: 'linkedin',
    suppressed: {},
    ann: { first_name: 'Ann', company: 'Acme, Inc.', position: 'CEO' },
  },
  'listmonk.csv': {
    system: 'listmonk',
    suppressed: { bob: MANUAL },
    ann: { city: 'Paris', state: null, created_at: Date.UTC(2024, 2, 5, 10, 11, 12) },
  },
  'mailchimp.csv': {
    system: 'mailchimp',
    suppressed: {},
    ann: { tags: 'Newsletter|VIP', country: 'FR', timezone: 'Europe/Paris' },
  },
  'mailchimp-cleaned.csv': {
    system: 'mailchimp',
    suppressed: { ann: BOUNCED, bob: BOUNCED },
    ann: {},
  },
  'mailchimp-unsubscribed.csv': {
    system: 'mailchimp',
    suppressed: { ann: UNSUBSCRIBED, bob: UNSUBSCRIBED },
    ann: { first_name: 'Ann' },
  },
  'mautic-export.csv': {
    system: 'mautic',
    suppressed: {},
    ann: { first_name: 'Ann', company: 'Acme', position: 'CEO', locale: 'fr_FR', points: 12 },
  },
  'mautic.csv': {
    system: 'mautic',
    suppressed: { ann: UNSUBSCRIBED, bob: 'bounced email, do_not_contact sms' },
    ann: { first_name: 'Ann', company: 'Acme', locale: 'fr', points: 12 },
  },
  'outlook.csv': {
    system: 'outlook',
    suppressed: {},
    ann: {
      phone: '+33 1 99 00 12 34',
      mobile: '+33 6 39 98 00 01',
      title: 'Ms.',
      position: 'CEO',
      city: 'Paris',
      tags: 'Friends|Open source',
    },
  },
  'salesforce-data-loader.csv': {
    system: 'salesforce',
    suppressed: { ann: 'unsubscribed email|fax, bounced email, do_not_contact phone' },
    ann: { position: 'CEO', title: 'Ms.', city: 'Paris' },
  },
  'salesforce-report.csv': {
    system: 'salesforce',
    suppressed: { ann: UNSUBSCRIBED },
    ann: { position: 'CEO', title: 'Ms.', company: 'Acme', city: 'Paris' },
  },
  'salesforce-report-contacts.csv': {
    system: 'salesforce',
    suppressed: {},
    ann: { position: 'CEO', company: 'Acme', mobile: '+33 6 39 98 00 01', state: 'Île-de-France' },
  },
  'salesforce-report-leads.csv': {
    system: 'salesforce',
    suppressed: { ann: UNSUBSCRIBED, bob: BOUNCED },
    ann: { position: 'CEO', company: 'Acme', address1: '1 rue Haute', zipcode: '75001' },
  },
  'shopify.csv': {
    system: 'shopify',
    suppressed: { ann: 'unsubscribed email|sms' },
    ann: { company: 'Acme', zipcode: '75001', country: 'FR', tags: 'VIP|wholesale' },
  },
  'stripe.csv': {
    system: 'stripe',
    suppressed: {},
    ann: { created_at: Date.UTC(2024, 2, 5, 10, 11) },
  },
  'stripe-payments.csv': {
    system: 'stripe-payments',
    suppressed: {},
    ann: { city: 'Paris', zipcode: '75001', created_at: NOW },
  },
  'stripe-payments-today.csv': {
    system: 'stripe-payments',
    suppressed: {},
    ann: { first_name: null, created_at: NOW },
  },
  'systeme.csv': {
    system: 'systeme',
    suppressed: {},
    ann: { last_name: 'Lee', phone: '+33639980001', tags: 'client|lead' },
  },
};

test('every file has a case, and every system a file', () => {
  expect(Object.keys(CASES).sort()).toEqual(readdirSync(FIXTURES).sort());
  const systems = new Set(Object.values(CASES).map(({ system }) => system));
  expect([...systems].sort()).toEqual(PRESETS.map(({ name }) => name).sort());
});

describe.each(Object.entries(CASES))('%s', (name, { system, suppressed, ann }) => {
  test('maps by itself, its consent arrives, and a second time changes nothing', async () => {
    const world = await makeWorld();
    const report = await imported(world, name);
    expect(report.preset?.name).toBe(system);
    expect(report.samples).toEqual([]);
    expect(await told(world, Object.keys(ann))).toEqual({ suppressed, ann: Object.values(ann) });
    const again = await imported(world, name);
    expect(figures(again)).toEqual({ rows: report.rows, unchanged: report.rows });
  });
});

describe('a preset', () => {
  test.each(PRESETS.map((preset) => [preset.name, preset] as const))(
    '%s leads to fields that stores have, or to consent',
    async (_, preset) => {
      const world = await makeWorld();
      const fields = await world.store.read(async (tx) => tx.fields.list());
      const known = [...fields.map(({ alias }) => alias), ...Object.keys(CONTACT_SYNONYMS)];
      const targets = Object.values(preset.columns).flatMap((rule) =>
        rule === null ? [] : [readingOf(rule).to],
      );
      const unknown = targets.filter(
        (to) => !known.includes(to) && parseConsentTarget(to) === undefined && to !== 'birthday',
      );
      expect(unknown).toEqual([]);
      for (const { signs } of preset.forms) expect(findPreset(signs, undefined)).toBe(preset);
    },
  );

  test('goes before names of standard fields, not before --map nor a field of the store', async () => {
    const world = await makeWorld();
    const text = 'Email,Klaviyo ID,Title\nann@example.org,x,CEO\n';
    await world.contacts(text);
    expect(await world.list('title', 'position')).toEqual([[null, 'CEO']]);
    await world.contacts(text, { map: ['Title=title'] });
    await world.contacts('Email,Klaviyo ID,Title\nbob@example.org,x,Buyer\n', { preset: 'none' });
    expect(await world.list('title', 'position')).toEqual([
      ['CEO', 'CEO'],
      ['Buyer', null],
    ]);
    await world.addField('status', 'text');
    await world.contacts('Email,Tags,Date Created,Status\ncid@example.org,,,Unsubscribed\n');
    expect(await world.list('status', 'unsubscribed')).toContainEqual(['Unsubscribed', null]);
  });

  test('can be named, and a name that there is not is refused', async () => {
    const world = await makeWorld();
    await world.contacts('Email,Tags,Status\nann@example.org,"a,b",Bounced\n', {
      preset: 'ActiveCampaign',
    });
    expect(await world.list('tags', 'bounced')).toEqual([['a|b', 'email']]);
    expect(
      await refusal(world.contacts('email\nann@example.org\n', { preset: 'mailchip' })),
    ).toMatchObject({ exit: 2, hint: 'did you mean `mailchimp`?' });
  });

  test('rejects keep the cells of the file, and can be imported again', async () => {
    const world = await makeWorld();
    const text = 'uuid,email,name,attributes,status\n1,ann@,Ann,"{""city"":""Paris""}",enabled\n';
    const more = '2,bob@example.org,Bob,{},enabled,,\n';
    await world.contacts(text + more);
    const rejects = world.read('contacts.csv.rejects.csv');
    expect(rejects.split('\n')[0]).toBe('uuid,email,name,attributes,status,_line,_column,_reason');
    await world.contacts(rejects.replace('ann@', 'ann@example.org'));
    expect(await world.list('email', 'city')).toContainEqual(['ann@example.org', 'Paris']);
  });

  test('a list of wishes is no file of contacts, and the command that reads it is named', async () => {
    const world = await makeWorld();
    const list = 'Email,DNC Reason,DNC Channel\nann@example.org,DNC Bounced,Email\n';
    expect(await refusal(world.contacts(list))).toMatchObject({
      ...{ exit: 65, code: 'CONSENT_UNSETTLED' },
      hint: 'this is a list of who must not be reached: `rollcall suppressions:import FILE` reads it',
    });
  });

  test('a column that says no in some system stops the import everywhere else', async () => {
    const world = await makeWorld();
    expect(
      await refusal(world.contacts('email,CLEAN_TIME\nann@example.org,2024-01-02\n')),
    ).toMatchObject({
      exit: 65,
      hint: 'if so, add --map "CLEAN_TIME=bounced"; if not, --map "CLEAN_TIME=-"',
    });
  });
});

test('a preset that there is not is told before anything that is wrong with the file', async () => {
  const world = await makeWorld();
  const file = world.file('latin.csv', Buffer.from([0x65, 0x2c, 0xe9, 0x0a]));
  const context = { stdin: Readable.from([]), now: NOW, by: null };
  const refused = refusal(importContacts(world.store, file, { preset: 'mailchump' }, context));
  expect(await refused).toMatchObject({ exit: 2, hint: 'did you mean `mailchimp`?' });
});
