import { expect, test } from 'vitest';
import { sqlOf } from './world.ts';

/** One condition of each kind: the file shows what both shapes send to the database. */
const TEXTS = [
  'true',
  'country = "FR"',
  'country = "Été"',
  'country = "Здравствуйте"',
  'country in ("FR", "Été", "Здравствуйте")',
  'country in ("1", "2", "3", "4", "5", "6", "7", "8", "9")',
  'city contains "50%"',
  'city starts with "été"',
  'city like "a_%\\%"',
  'city matches "^a"',
  'city is empty',
  'not points >= 5',
  'points != 5',
  'points between 1 and 5',
  'points in (1, 2)',
  'customer = false',
  'birthday = 2026-03-15',
  'birthday >= 9999-12-31',
  'created_at in last 30 days',
  'created_at between 2026-03-15 and 2026-03-14',
  'anniversary(birthday) between 2025-12-30 and 2026-02-28',
  'interests has any ("golf", "Échecs")',
  'company.industry = "Metal"',
  'company.industry is empty',
  'tags has any ("vip", "press")',
  'tags has all ("vip", "press")',
  'tags is empty',
  'did page.hit where subject like "/p%" in last 30 days',
  'not did page.hit',
  'count(page.hit) < 2',
  'count(page.hit in last 30 days) < 2',
  'sum(purchase.value in last 30 days) > 5',
  'last(page.hit) is empty',
  'did page.hit where (property.size > 5 or property.utm = "ads" or property.day before today)',
  'in segment hot',
  'joined segment hot since 2026-03-01',
  'suppressed',
  'suppressed(email, bounced)',
  'did page.hit or city matches "x" or not (points > 5 and country = "FR")',
];

test('the statements of both shapes', async () => {
  const shown = TEXTS.map((text) => {
    const [scan, probe] = (['scan', 'probe'] as const).map((shape) => sqlOf(text, shape));
    const same = scan!.sql === probe!.sql;
    return [
      `# ${text}`,
      ...(same ? [scan!.sql] : [`scan:  ${scan!.sql}`, `probe: ${probe!.sql}`]),
      ...(scan!.params.length > 0 ? [JSON.stringify(scan!.params)] : []),
    ].join('\n');
  });
  await expect(`${shown.join('\n\n')}\n`).toMatchFileSnapshot('sql.txt');
});
