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

/**
 * Tests of tags, which are rows of their own. A link to a tag that no longer exists counts as no
 * tag.
 */
export function compileTags(test: Test, context: CompileContext): SQL {
  switch (test.kind) {
    case 'empty':
      // scans probe here too: it takes 475 ms at 1 M contacts, gathering first 838
      if (context.shape === 'gather')
        return sql`c.id not in (select ct.contact_id from contact_tags ct, tags t where t.id = ct.tag_id)`;
      // rule: operator-tags-empty
      return sql`not exists (select 1 from contact_tags ct, tags t where ct.contact_id = c.id and t.id = ct.tag_id)`;
    case 'hasAny':
      return hasTag(tagsNamed(test.texts, context), context);
    case 'hasAll':
      return hasAllTags(test.texts, context);
    default:
      throw new Error(`tags have no ${test.kind}`);
  }
}

/** Looks for a few tags one by one; for more, counts how many of them the contact has. */
function hasAllTags(texts: readonly string[], context: CompileContext): SQL {
  const { dialect } = context;
  const wanted = [...new Map(texts.map((text) => [fold(text), text])).values()];
  // rule: operator-tags
  if (wanted.length <= MOST_PROBES)
    return balanced(
      'and',
      wanted.map((text) => hasTag(tagsNamed([text], context), context)),
    );
  const links = sql`contact_tags ct, tags t`;
  const named = [sql`ct.tag_id = t.id`, dialect.textIn(sql`t.name`, wanted)];
  const number = dialect.countDistinct(sql`t.name`);
  if (accessOf(context) === 'probe') {
    const own = allOf([sql`ct.contact_id = c.id`, ...named]);
    return sql`(select ${number} from ${links} where ${own}) = ${wanted.length}`;
  }
  const enough = sql`group by ct.contact_id having ${number} = ${wanted.length}`;
  return sql`c.id in (select ct.contact_id from ${links} where ${allOf(named)} ${enough})`;
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
