import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { consentBySpeaking } from '../../src/csv/consent/names.ts';
import { exportContacts } from '../../src/csv/export.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { figures, makeWorld, refusal, type World } from './world.ts';

/** The suppressions of each contact, as `channel column`. */
async function allSuppressions(world: World): Promise<string[][]> {
  const columns = ['unsubscribed', 'bounced', 'do_not_contact'];
  return ((await world.list(...columns)) as (string | null)[][]).map((row) =>
    row.flatMap((channels, index) =>
      (channels ?? '')
        .split('|')
        .filter((channel) => channel !== '')
        .map((channel) => `${channel} ${columns[index] ?? ''}`),
    ),
  );
}

async function suppressions(world: World): Promise<string[]> {
  return (await allSuppressions(world))[0] ?? [];
}

/**
 * What each of these cells comes to in a column that is read as this target; `rejected` for no
 * reading. Where all were unsubscribed before, suppressions may be lifted.
 */
async function read(target: string, cells: readonly string[], before = 'no'): Promise<string[][]> {
  const world = await makeWorld();
  const rows = cells.map((cell, index) => ({ email: `c${index}@example.org`, cell }));
  const known = rows.map(({ email }) => `${email},${before}\n`);
  await world.contacts(`email,unsubscribed\n${known.join('')}`);
  const said = rows.map(({ email, cell }) => `${email},"${cell}",\n`);
  await world.contacts(`email,X,first_name\n${said.join('')}new@example.org,,New\n`, {
    map: [`X=${target}`],
    allowResubscribe: before === 'yes',
  });
  const refusedLines = existsSync(`${world.folder}/contacts.csv.rejects.csv`)
    ? world.read('contacts.csv.rejects.csv')
    : '';
  const found = await allSuppressions(world);
  return rows.map(({ email }, index) =>
    refusedLines.includes(email) ? ['rejected'] : (found[index] ?? []),
  );
}

describe('a cell of a consent column', () => {
  const out = 'email unsubscribed';

  test.each<[string, readonly string[], readonly string[]]>([
    ['unsubscribed', ['yes', 'TRUE', '1', 'oui', 'ja'], [out]],
    ['unsubscribed', ['2026-01-02', '2026-01-02 10:11:12', '3/4/2020', '8/6/08 10:20'], [out]],
    ['unsubscribed', ['no', '', 'NULL', '0000-00-00', '0000-00-00 00:00:00', '0/0/00'], []],
    ['unsubscribed', ['active', 'Subscribed', 'CONFIRMED', 'enabled', 'Opted-in'], []],
    ['unsubscribed', ['Unsubscribed', 'opted-out', 'OPTED_OUT', 'Opted Out'], [out]],
    [
      'unsubscribed',
      ['bounced', 'Cleaned', 'hard-bounce', 'Hard Bounce', 'invalid', 'unreachable'],
      ['email bounced'],
    ],
    [
      'unsubscribed',
      ['blocklisted', 'blocked', 'cancelled', 'do-not-contact', 'pending', 'unconfirmed'],
      ['email do_not_contact'],
    ],
    [
      'unsubscribed',
      ['non-subscribed', 'NEVER_SUBSCRIBED', 'Never subscribed'],
      ['email do_not_contact'],
    ],
    ['unsubscribed', ['UNKNOWN_USER', 'maybe', '12', 'active|'], ['rejected']],
    ['unsubscribed:reason', ['UNKNOWN_USER', 'too many e-mails', 'yes', '2026-01-02'], [out]],
    ['unsubscribed:reason', ['', 'no', '0', 'NULL', 'active'], []],
    ['unsubscribed:reason', ['hard bounce'], ['email bounced']],
    ['unsubscribed:sms', ['yes', 'unsubscribed'], ['sms unsubscribed']],
    ['unsubscribed:sms|whatsapp', ['yes'], ['sms unsubscribed', 'whatsapp unsubscribed']],
    ['bounced:reason', ['550 no such user'], ['email bounced']],
    ['bounced', ['yes', 'bounced', '2026-01-02T10:00:00Z'], ['email bounced']],
    ['bounced', ['unsubscribed'], [out]],
    ['do_not_contact', ['yes', 'blocked'], ['email do_not_contact', 'sms do_not_contact']],
    ['do_not_contact:phone', ['yes', 'blocked'], ['phone do_not_contact']],
    ['do_not_contact:fax', ['yes', 'fax'], ['fax do_not_contact']],
    ['subscribed', ['no', 'false', '0', 'nein', 'unsubscribed'], [out]],
    ['subscribed', ['yes', '1', '2026-01-02', '', 'NULL', '0000-00-00', 'subscribed'], []],
    ['subscribed', ['pending'], ['email do_not_contact']],
    ['subscribed', ['email', 'maybe', '-email'], ['rejected']],
    ['subscribed:sms', ['no'], ['sms unsubscribed']],
    ['status', ['unsubscribed'], [out]],
    ['status', ['bounced'], ['email bounced']],
    ['status', ['active', '', 'NULL'], []],
    ['status', ['yes', 'no', 'email', '2026-01-02', 'customer'], ['rejected']],
  ])('that is read as `%s`: %j', async (target, cells, expected) => {
    const found = await read(target, cells);
    expect(cells.map((cell, index) => [cell, found[index]])).toEqual(
      cells.map((cell) => [cell, expected]),
    );
  });

  test.each([
    ['unsubscribed', 'no'],
    ['unsubscribed', 'active'],
    ['subscribed', 'yes'],
    ['subscribed', '2026-01-02'],
    ['status', 'Subscribed'],
  ])('read as `%s` lifts with `%s` once that is allowed', async (target, cell) => {
    expect(await read(target, [cell], 'yes')).toEqual([[]]);
  });

  test.each([
    ['subscribed', 'NULL'],
    ['status', ''],
    ['bounced', 'no'],
  ])('read as `%s` lifts nothing with `%s`', async (target, cell) => {
    expect(await read(target, [cell], 'yes')).toEqual([[out]]);
  });
});

test('what several columns say adds up, of one name too, and a yes wins over a no', async () => {
  const world = await makeWorld();
  const text =
    'email,Opt out,Opt out,Unsubscribed,Bounced\nann@example.org,no,yes,no,2026-01-02 10:00\n';
  const options = { map: ['Opt out=unsubscribed'], allowResubscribe: true };
  expect(figures(await world.contacts(text, options))).toEqual({ rows: 1, inserted: 1 });
  expect(await suppressions(world)).toEqual(['email unsubscribed', 'email bounced']);
  expect(figures(await world.contacts(text, options))).toEqual({ rows: 1, unchanged: 1 });
});

describe('a column whose name speaks of consent is not left out in silence', () => {
  test.each([
    ['Opt out', 'unsubscribed'],
    ['Email Opt-Out', 'unsubscribed'],
    ['HasOptedOutOfEmail', 'unsubscribed'],
    ['unsubscribed_at', 'unsubscribed'],
    ['UNSUB_TIME', 'unsubscribed'],
    ['EMAIL_BLACKLISTED', 'unsubscribed'],
    ['SMS_BLACKLISTED', 'unsubscribed:sms'],
    ['Blocklist', 'unsubscribed'],
    ['Désinscrit', 'unsubscribed'],
    ['Désabonnée le', 'unsubscribed'],
    ['Newsletter abbestellt', 'unsubscribed'],
    ['Abgemeldet am', 'unsubscribed'],
    ['Widerspruch', 'unsubscribed'],
    ['Do not call', 'do_not_contact:phone'],
    ['DoNotContact', 'do_not_contact'],
    ["Don't e-mail", 'do_not_contact:email'],
    ['dnc_sms', 'do_not_contact:sms'],
    ['Ne pas appeler', 'do_not_contact:phone'],
    ['Werbesperre', 'do_not_contact'],
    ['Keine Werbung', 'do_not_contact'],
    ['Bounce type', 'bounced'],
    ['Spam complaint', 'do_not_contact:email'],
    ['Subscribed', 'subscribed'],
    ['Opt-in', 'subscribed'],
    ['SMS Opt In', 'subscribed:sms'],
    ['Accepts Marketing', 'subscribed'],
    ['Email Marketing Consent', 'subscribed'],
    ['Einwilligung', 'subscribed'],
    ['Newsletter', 'subscribed'],
    ['Status', 'status'],
    ['Subscription Status', 'status'],
    ['Statut', 'status'],
    ['isunsubscribed', 'unsubscribed'],
    ['emailoptout', 'unsubscribed'],
    ['donotphone', 'do_not_contact'],
    ['donotbulkemail', 'do_not_contact'],
    ['noemail', 'do_not_contact'],
    ['Keine Mails', 'do_not_contact'],
    ['Is blocked', 'do_not_contact'],
    ['hardbounced', 'bounced'],
    ['Marketing Permissions', 'subscribed'],
    ['Newsletter Subscription', 'subscribed'],
    ['Newsletter (ja/nein)', 'subscribed'],
    ['Accepte les e-mails', 'subscribed'],
    ['Werbeeinwilligung', 'subscribed'],
    ['RGPD', 'subscribed'],
    // who says yes there says no
    ['No newsletter', 'unsubscribed'],
    ['Not subscribed', 'unsubscribed'],
    ['Non inscrit', 'unsubscribed'],
    ['Refus newsletter', 'unsubscribed'],
    ['Refuse les SMS', 'unsubscribed:sms'],
    ['STOP SMS', 'unsubscribed:sms'],
    ['Consent withdrawn', 'unsubscribed'],
    ['Opt-in revoked at', 'unsubscribed'],
    ['Nicht angemeldet', 'unsubscribed'],
    ['Einwilligung zurückgezogen', 'unsubscribed'],
    ['Werbewiderspruch am', 'unsubscribed'],
    ['Austragungsdatum', 'unsubscribed'],
    ['STOP', 'unsubscribed'],
    ['Fecha de baja', 'unsubscribed'],
    ['Disiscritto', 'unsubscribed'],
    ['Afgemeld op', 'unsubscribed'],
    ['Kontaktsperre', 'do_not_contact'],
    ['email_disabled', 'do_not_contact:email'],
    ['Cannot be contacted', 'do_not_contact'],
    ['Not contactable', 'do_not_contact'],
    ['No contactar', 'do_not_contact'],
    ['Não contatar', 'do_not_contact'],
    ['Niet mailen', 'do_not_contact'],
    ['Bloctel', 'do_not_contact:phone'],
    ['Liste rouge', 'do_not_contact:phone'],
    ['Email Quarantined', 'do_not_contact:email'],
    ['Not reachable', 'bounced'],
    ['Email Marketing State', 'status'],
    ['can_email', 'subscribed'],
    ['May be contacted', 'subscribed'],
    ['Contactable', 'subscribed'],
    ['Einverständniserklärung', 'subscribed'],
    ['E-mail autorisé', 'subscribed'],
    ['Consenso marketing', 'subscribed'],
    ['Lead Status', undefined],
    ['State', undefined],
    ['Contact', undefined],
    ['Company contact', undefined],
    ['Can drive', undefined],
    ['Maytown', undefined],
    ['Stopover', undefined],
    ['Member State', undefined],
    ['May mailing', undefined],
    ['Marital status', undefined],
    ['Description', undefined],
    ['Notes', undefined],
    ['Option', undefined],
    ['Black Friday', undefined],
    ['Blockchain', undefined],
    ['Newsletter topics', undefined],
    ['Subscription plan', undefined],
    ['Subscription cancelled at', undefined],
    ['Notes on mailing', undefined],
    ['Stop name', undefined],
    ['Number of e-mails', undefined],
    ['No. of e-mails', undefined],
    ['Reading list', undefined],
  ])('`%s` is %s', (column, target) => expect(consentBySpeaking(column)).toBe(target));

  const text = 'email,Opt out,Do not call\nann@example.org,yes,no\n';
  const UNSETTLED = {
    exit: 65,
    code: 'CONSENT_UNSETTLED',
    message: 'the columns `Opt out`, `Do not call` may say who must not be reached',
    hint:
      'if so, add --map "Opt out=unsubscribed,Do not call=do_not_contact:phone"; ' +
      'if not, --map "Opt out=-,Do not call=-"',
  };

  test('it stops the import, and the option that is printed settles it', async () => {
    const world = await makeWorld();
    expect(await refusal(world.contacts(text))).toEqual(UNSETTLED);
    expect(await world.list('email')).toEqual([]);
    await world.contacts(text, { map: ['Opt out=unsubscribed,Do not call=do_not_contact:phone'] });
    expect(await suppressions(world)).toEqual(['email unsubscribed']);
  });

  test.each<ImportOptions>([
    { map: ['Opt out=-', 'Do not call=-'] },
    { ignore: ['opt out', 'do not call'] },
    { map: ['Opt out=city'], ignore: ['do not call'] },
  ])('%j leaves it out', async (options) => {
    const world = await makeWorld();
    expect(figures(await world.contacts(text, options))).toEqual({ rows: 1, inserted: 1 });
    expect(await suppressions(world)).toEqual([]);
  });

  test('a field of that name is what it is, and so is a column of companies or events', async () => {
    const world = await makeWorld();
    await world.addField('status', 'text');
    await world.addField('opt_out', 'boolean');
    await world.contacts('email,Status,Opt-Out\nann@example.org,unsubscribed,yes\n');
    expect(await world.list('status', 'opt_out')).toEqual([['unsubscribed', 1]]);
    expect(await suppressions(world)).toEqual([]);
    await world.contacts('email,X\nann@example.org,unsubscribed\n', { map: ['X=unsubscribed'] });
    expect(await suppressions(world)).toEqual(['email unsubscribed']);
    expect(figures(await world.companies('name,Opt out\nAcme,yes\n'))).toMatchObject({ rows: 1 });
    const events = 'email,type,occurred_at,Status\nann@example.org,purchase,2026-01-02,paid\n';
    expect(figures(await world.events(events))).toMatchObject({ inserted: 1 });
  });

  test('a channel that --map names needs no --channel; what is none is no target', async () => {
    const world = await makeWorld();
    await world.contacts('email,X\nann@example.org,yes\n', { map: ['X=unsubscribed:fax'] });
    expect(await suppressions(world)).toEqual(['fax unsubscribed']);
    for (const target of ['status:reason', 'bounced:sms:x', 'unsubscribed:a b'])
      expect(
        await refusal(world.contacts('email,X\nann@example.org,yes\n', { map: [`X=${target}`] })),
      ).toMatchObject({ exit: 2, code: 'UNKNOWN_FIELD' });
  });
});

test('a channel that is called like a status comes along as itself', async () => {
  const [world, other] = [await makeWorld(), await makeWorld()];
  await world.contacts('email\nann@example.org\n');
  await world.store.write(async (tx) => tx.contacts.suppress([1], ['blocked'], 'bounced', 0));
  let csv = '';
  for await (const piece of exportContacts(world.store, { fields: ['email', 'bounced'] }))
    csv += piece;
  expect(csv).toBe('email,bounced\nann@example.org,blocked|\n');
  await other.contacts(csv, { channels: ['blocked'] });
  expect(await suppressions(other)).toEqual(['blocked bounced']);
});
