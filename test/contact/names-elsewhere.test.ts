import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCatalogue } from '../../src/contact/fields.ts';
import { type Catalogue, readFilter, translateCondition } from '../../src/filter/index.ts';
import { UserError } from '../../src/support/errors.ts';
import { newStore } from '../helpers/stores.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  const { store, cleanup } = await newStore();
  catalogue = await store.read(async (tx) => loadCatalogue(tx));
  afterAll(cleanup);
});

/** What to do next, of a row of a builder that asks such a field. */
function hintOf(field: string): string {
  try {
    readFilter(translateCondition({ field, operator: '=', values: ['1'] }, catalogue), catalogue);
    return 'it is read';
  } catch (error) {
    if (error instanceof UserError && error.message.startsWith(`unknown field \`${field}\``))
      return error.hint ?? '';
    throw error;
  }
}

test.each([
  ['firstname', 'first_name'],
  ['LastName', 'last_name'],
  ['preferred_locale', 'locale'],
  ['date_added', 'created_at'],
  ['date_modified', 'updated_at'],
  ['date_identified', 'identified_at'],
  ['last_active', 'last_active_at'],
  ['generated_email_domain', 'email_domain'],
  ['owner_id', 'owner'],
  ['companyname', 'company.name'],
  ['companyindustry', 'company.industry'],
  ['companycity', 'company.city'],
  ['companyaddress1', 'company.address1'],
  ['companyzipcode', 'company.zipcode'],
  ['company_phone', 'company.phone'],
  ['companynumber_of_employees', 'company.employees'],
  ['companyannual_revenue', 'company.annual_revenue'],
  ['zip', 'zipcode'],
  ['jobtitle', 'position'],
  ['mobilephone', 'mobile'],
  ['createdate', 'created_at'],
  ['numberofemployees', 'company.employees'],
  ['annualrevenue', 'company.annual_revenue'],
])('%s is %s here', (name, here) => {
  expect(hintOf(name)).toMatch(`did you mean \`${here}\`?`);
});

test.each([
  ...[
    'dnc_bounced',
    'dnc_bounced_sms',
    'dnc_unsubscribed',
    'dnc_unsubscribed_sms',
    'dnc_manual_email',
  ],
  ...[
    'dnc_manual_sms',
    'hit_url',
    'hit_url_count',
    'hit_url_date',
    'page_id',
    'redirect_id',
    'referer',
  ],
  ...[
    'url_title',
    'source',
    'source_id',
    'lead_email_received',
    'lead_email_sent',
    'lead_email_read_count',
  ],
  ...['utm_campaign', 'utm_content', 'utm_medium', 'utm_source', 'utm_term'],
  ...['lead_email_read_date', 'lead_email_sent_date', 'email_id'],
  ...[
    'email_clicked_link_date',
    'sms_clicked_link',
    'lead_asset_download',
    'lead_form_submission',
    'Hit_URL',
  ],
])('%s is a condition here, which reads', (name) => {
  const [, condition = ''] = /^here one writes `(.*)`$/.exec(hintOf(name)) ?? [];
  expect(readsWith(condition)).toBe(true);
});

test.each([
  ...['sessions', 'device_type', 'device_brand', 'device_os', 'device_model'],
  ...['campaign', 'globalcategory', 'integration_campaigns', 'notification', 'group_points_3'],
])('nothing is like %s, and the nearest reads', (name) => {
  const [, condition = ''] =
    /^there is nothing like it here; nearest is `(.*)`$/.exec(hintOf(name)) ?? [];
  expect(readsWith(condition)).toBe(true);
});

/** With a number or a day where it leaves one open. */
function readsWith(condition: string): boolean {
  return ['1', '2026-03-01'].some((value) => {
    try {
      readFilter(condition.replace(/"[^"]*"/g, '"x"').replace('…', value), catalogue);
      return condition !== '';
    } catch {
      return false;
    }
  });
}

test('a name that every object of the program has is no field, operator or word', () => {
  for (const name of ['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf']) {
    expect(hintOf(name)).toMatch(/^`rollcall fields:list` shows all/);
    const silent = expect.objectContaining({
      hint: expect.not.stringContaining('here one writes') as string,
    }) as Error;
    expect(() => readFilter(`city ${name} "x"`, catalogue)).toThrow(silent);
    expect(() => readFilter(`did purchase where ${name} = 1`, catalogue)).toThrow(
      `an event has no field \`${name}\``,
    );
  }
});
