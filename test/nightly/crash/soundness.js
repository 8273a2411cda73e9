/**
 * What must be true of a store at every instant, half-way through a run as well: each query gives
 * the rows that are wrong.
 */
const ALWAYS = {
  'more than one unfinished run':
    "select count(*) as n from runs where status = 'running' having n > 1",
  'recording is switched off': 'select bulk from capture where bulk <> 0',
  'the schema is not the one that was noted':
    'select schema_version from capture where schema_version <> (select schema_version from pragma_schema_version)',
  'a segment has seen what was not yet':
    'select alias from segments, capture where seen_epoch > epoch',
  'a change is recorded for a time to come':
    'select distinct changes.epoch from contact_changes as changes, capture where changes.epoch > capture.epoch',
  'a reference points nowhere': 'select * from pragma_foreign_key_check',
};

/** The same, unless contacts were deleted with SQL and no update has been since. */
const TIDY = {
  'a counter of members is not the number of rows': `
      select alias, members,
        (select count(*) from memberships where segment_id = segments.id) as n
      from segments
      where members <> n`,
  'a counter of anonymous members is not their number': `
      select alias, anonymous,
        (select count(*) from memberships join contacts on contacts.id = contact_id
          where segment_id = segments.id and identified_at is null) as n
      from segments
      where anonymous <> n`,
  'a membership of a contact or segment that is none': `select segment_id, contact_id
      from memberships
      where contact_id not in (select id from contacts)
        or segment_id not in (select id from segments)`,
  'a pin of a contact that is none, or a pin that keeps somebody in a static segment': `
      select segment_id, contact_id
      from pins
      where contact_id not in (select id from contacts)
        or segment_id not in (select id from segments where kind = 'dynamic' or pins.kind = 'out')`,
  'an event, tag or suppression of nobody': `select contact_id
      from events
      where contact_id not in (select id from contacts)
      union all
      select contact_id
      from contact_tags
      where contact_id not in (select id from contacts)
      union all
      select contact_id
      from suppressions
      where contact_id not in (select id from contacts)`,
  'a suppression of a contact that its address does not have': `select contact_id, channel, reason
      from suppressions
      join contacts on contacts.id = contact_id
      where email is not null and not exists (
        select 1
        from address_suppressions as wish
        where wish.address = email collate nocase and wish.channel = suppressions.channel
          and wish.reason = suppressions.reason
      )`,
  'an address that is suppressed, and its contact is not': `select contacts.id, wish.channel
      from address_suppressions as wish
      join contacts on contacts.email = wish.address collate nocase
      where not exists (
        select 1
        from suppressions
        where contact_id = contacts.id and channel = wish.channel and reason = wish.reason
      )`,
};

/** What a finished run leaves true. */
const SETTLED = {
  'an unfinished run': "select id from runs where status = 'running'",
  'a pinned-in contact is no member': `select segment_id, contact_id
      from pins
      where kind = 'in' and not exists (select 1 from memberships
        where memberships.segment_id = pins.segment_id
        and memberships.contact_id = pins.contact_id)`,
  'a pinned-out contact is a member': `select segment_id, contact_id
      from pins
      where kind = 'out' and exists (select 1 from memberships
        where memberships.segment_id = pins.segment_id
        and memberships.contact_id = pins.contact_id)`,
};

/**
 * What is wrong with a store, in words; nothing is as it should be.
 * @param {import('better-sqlite3').Database} db
 * @param {{ readonly untidy?: boolean, readonly settled?: boolean }} options untidy: contacts were
 * deleted with SQL; settled: a run has been finished since
 * @returns {string[]}
 */
export function problemsOf(db, { untidy = false, settled = false } = {}) {
  const integrity = /** @type {string[]} */ (db.prepare('pragma integrity_check').pluck().all());
  const damage = integrity.join() === 'ok' ? [] : integrity;
  return [...damage, ...unsoundness(db, untidy), ...(settled ? wrongBy(db, SETTLED) : [])];
}

/**
 * The part of it that is quick enough to ask again and again beside a run.
 * @param {import('better-sqlite3').Database} db
 * @param {boolean} untidy
 * @returns {string[]}
 */
export function unsoundness(db, untidy) {
  return [...wrongBy(db, ALWAYS), ...(untidy ? [] : wrongBy(db, TIDY))];
}

/**
 * @param {import('better-sqlite3').Database} db
 * @param {Readonly<Record<string, string>>} rules
 * @returns {string[]}
 */
function wrongBy(db, rules) {
  return Object.entries(rules).flatMap(([rule, query]) => {
    const wrong = db.prepare(query).all();
    return wrong.length === 0
      ? []
      : [
          `${rule}: ${JSON.stringify(wrong.slice(0, 3))}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ''}`,
        ];
  });
}
