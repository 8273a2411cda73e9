import { sql, type SQL } from 'drizzle-orm';
import { fold } from '../../support/fold.ts';
import type { Test } from '../ast.ts';
import {
  accessOf,
  allOf,
  balanced,
  hasRelated,
  type CompileContext,
} from '../operators/compile-context.ts';

const MOST_PROBES = 8; // `has all` of more tags counts them instead

/** Tags are rows; a link to a tag that no longer exists reads as none. */
export function compileTags(test: Test, context: CompileContext): SQL {
  const { dialect } = context;
  switch (test.kind) {
    case 'empty':
      // scans probe too: 475 ms at 1 M contacts, gathered first 838
      if (context.shape === 'gather')
        return sql`c.id not in (select ct.contact_id from contact_tags ct, tags t where t.id = ct.tag_id)`;
      // rule: operator-tags-empty
      return sql`not exists (select 1 from contact_tags ct, tags t where ct.contact_id = c.id and t.id = ct.tag_id)`;
    case 'hasAny':
      return hasTag(tagsNamed(test.texts, context), context);
    case 'hasAll': {
      const wanted = [...new Map(test.texts.map((text) => [fold(text), text])).values()];
      // rule: operator-tags
      if (wanted.length <= MOST_PROBES)
        return balanced(
          'and',
          wanted.map((text) => hasTag(tagsNamed([text], context), context)),
        );
      const counted = [sql`ct.tag_id = t.id`, dialect.textIn(sql`t.name`, wanted)];
      if (accessOf(context) === 'probe')
        return sql`(select ${dialect.countDistinct(sql`t.name`)} from contact_tags ct, tags t where ${allOf([sql`ct.contact_id = c.id`, ...counted])}) = ${wanted.length}`;
      return sql`c.id in (select ct.contact_id from contact_tags ct, tags t where ${allOf(counted)} group by ct.contact_id having ${dialect.countDistinct(sql`t.name`)} = ${wanted.length})`;
    }
    default:
      throw new Error(`tags have no ${test.kind}`);
  }
}

function tagsNamed(names: readonly string[], { dialect }: CompileContext): SQL {
  const [first = '', ...more] = names;
  const named =
    more.length === 0 ? dialect.keyEquals(sql`t.name`, first) : dialect.textIn(sql`t.name`, names);
  return sql`select t.id from tags t where ${named}`;
}

function hasTag(tags: SQL, context: CompileContext): SQL {
  return hasRelated(
    {
      table: sql`contact_tags ct`,
      key: sql`ct.contact_id`,
      outer: sql`c.id`,
      within: [],
      where: [sql`ct.tag_id in (${tags})`],
    },
    accessOf(context),
  );
}
