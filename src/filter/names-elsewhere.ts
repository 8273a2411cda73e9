/**
 * Names of fields in Mautic, HubSpot or files that have another name here or are a condition of
 * their own.
 */

const FIELDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    firstname: 'first_name',
    lastname: 'last_name',
    preferred_locale: 'locale',
    owner_id: 'owner',
    date_added: 'created_at',
    date_modified: 'updated_at',
    date_identified: 'identified_at',
    last_active: 'last_active_at',
    generated_email_domain: 'email_domain',
    companynumber_of_employees: 'company.employees',
    mobilephone: 'mobile',
    zip: 'zipcode',
    jobtitle: 'position',
    createdate: 'created_at',
    lastmodifieddate: 'updated_at',
    numberofemployees: 'company.employees',
    annualrevenue: 'company.annual_revenue',
  }),
);

const CONDITIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bounced: 'suppressed(email, bounced)',
    dnc: 'suppressed(email)',
    do_not_contact: 'suppressed(email, manual)',
    unsubscribed: 'suppressed(email, unsubscribed)',
    dnc_bounced: 'suppressed(email, bounced)',
    dnc_bounced_sms: 'suppressed(sms, bounced)',
    dnc_unsubscribed: 'suppressed(email, unsubscribed)',
    dnc_unsubscribed_sms: 'suppressed(sms, unsubscribed)',
    dnc_manual_email: 'suppressed(email, manual)',
    dnc_manual_sms: 'suppressed(sms, manual)',
    list: 'in segment …',
    leadlist: 'in segment …',
    segment: 'in segment …',
    segments: 'in segment …',
    tag: 'tagged "…"',
    hit_url: 'did page.hit where subject like "%…%"',
    hit_url_count: 'count(page.hit) >= …',
    hit_url_date: 'did page.hit where occurred_at >= …',
    page_id: 'did page.hit',
    redirect_id: 'did page.hit',
    referer: 'did page.hit where property.referer like "%…%"',
    url_title: 'did page.hit where property.url_title like "%…%"',
    source: 'did page.hit where property.source = "…"',
    source_id: 'did page.hit where property.source_id = "…"',
    utm_campaign: 'did page.hit where property.utm_campaign = "…"',
    utm_content: 'did page.hit where property.utm_content = "…"',
    utm_medium: 'did page.hit where property.utm_medium = "…"',
    utm_source: 'did page.hit where property.utm_source = "…"',
    utm_term: 'did page.hit where property.utm_term = "…"',
    lead_email_received: 'did email.read where subject in ("…")',
    lead_email_sent: 'did email.sent where subject in ("…")',
    lead_email_read_count: 'count(email.read) >= …',
    lead_email_read_date: 'did email.read where occurred_at >= …',
    lead_email_sent_date: 'did email.sent where occurred_at >= …',
    email_id: 'did email.click',
    email_clicked_link_date: 'did email.click where occurred_at >= …',
    sms_clicked_link: 'did sms.click',
    sms_clicked_link_date: 'did sms.click where occurred_at >= …',
    lead_asset_download: 'did asset.download where subject in ("…")',
    lead_form_submission: 'did form.submit where subject in ("…")',
    submission_form: 'did form.submit where subject in ("…")',
    first_submission_date: 'first(form.submit) >= …',
    last_submission_date: 'last(form.submit) >= …',
  }),
);

/** Names that have no counterpart in rollcall, and what serves instead. */
const NEAREST: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sessions: 'count(page.hit) >= …',
    device_type: 'did page.hit where property.device_type = "…"',
    device_brand: 'did page.hit where property.device_brand = "…"',
    device_os: 'did page.hit where property.device_os = "…"',
    device_model: 'did page.hit where property.device_model = "…"',
    campaign: 'tagged "campaign-…"',
    integration_campaigns: 'tagged "campaign-…"',
    globalcategory: 'tagged "category-…"',
    notification: 'tagged "push"',
  }),
);

/**
 * The name here of a field of other systems, if there is one that spelling alone would not suggest.
 */
export function fieldFromElsewhere(name: string): string | undefined {
  // rule: elsewhere-field
  return FIELDS.get(name.toLowerCase());
}

/** A hint for a name that no field has: the condition that it is here, or the nearest to it. */
export function conditionHint(name: string): string | undefined {
  const wanted = name.toLowerCase();
  const here = CONDITIONS.get(wanted);
  if (here !== undefined) return `here one writes \`${here}\``;
  const near = wanted.startsWith('group_points_') ? 'points >= …' : NEAREST.get(wanted);
  return near === undefined ? undefined : `there is nothing like it here; nearest is \`${near}\``;
}
