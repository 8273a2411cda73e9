import { describe, expect, test } from 'vitest';
import { suppressContacts } from '../../src/contact/consent.ts';
import { addContact, deleteContacts, editContact } from '../../src/contact/contacts.ts';
import { addEvent } from '../../src/contact/events.ts';
import { tagContacts, untagContacts } from '../../src/contact/tags.ts';
import { convertSegment } from '../../src/segment/conversion.ts';
import { createSegment, editSegment, type SegmentOptions } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { mergeContacts } from '../../src/segment/merge.ts';
import { choose } from '../../src/segment/preferences.ts';
import { changeData } from '../../src/segment/triggers/data-change.ts';
import { createTrigger, type TriggerOptions } from '../../src/segment/triggers/save.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { WriteTx } from '../../src/store/index.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';

/*
 * What was reported of other systems (Mautic and listmonk by the number of the report), as it has to
 * be: who is in after decisions, what triggers fire for, what a merge leaves, who must not be reached.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ACTION = { now: NOW, by: 'tester' };

class Scene {
  now = NOW;
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** As a command would: triggers fire at its end. */
  async do<T>(work: (tx: WriteTx) => Promise<T>): Promise<T> {
    return (await changeData(this.world.store, { now: this.now }, work)).done;
  }

  async segment(name: string, options: Omit<SegmentOptions, 'name'> = {}): Promise<void> {
    await this.do(async (tx) => createSegment(tx, { name, public: true, ...options }, ACTION));
  }

  async trigger(options: Omit<TriggerOptions, 'existing'>): Promise<void> {
    await changeData(this.world.store, { now: this.now }, async (tx) =>
      createTrigger(tx, { existing: false, ...options }, ACTION),
    );
  }

  async add(email: string, points = 0, tags: readonly string[] = []): Promise<number> {
    const assignments = [{ name: 'points', value: String(points) }];
    const added = await this.do(async (tx) =>
      addContact(tx, { email, assignments, tags }, this.now),
    );
    return added.id;
  }

  async edit(id: number, name: string, value: string): Promise<void> {
    await this.do(async (tx) => editContact(tx, id, [{ name, value }], this.now));
  }

  async put(alias: string, id: number, via = 'manual'): Promise<void> {
    await this.do(async (tx) =>
      addToSegment(tx, await getSegment(tx, alias), [id], { ...ACTION, now: this.now, via }),
    );
  }

  async take(alias: string, id: number, via = 'manual'): Promise<void> {
    await this.do(async (tx) =>
      removeFromSegment(tx, await getSegment(tx, alias), [id], { ...ACTION, now: this.now, via }),
    );
  }

  async hit(id: number, type: string): Promise<void> {
    await this.do(async (tx) => addEvent(tx, String(id), { type, properties: [] }, this.now));
  }

  async update(later = HOUR): Promise<void> {
    this.now += later;
    const { reports } = await updateSegments(this.world.store, { segments: [], now: this.now });
    expect(reports.filter(({ status }) => status !== 'ok')).toEqual([]);
  }

  async members(alias: string, asOf?: number): Promise<number[]> {
    return this.world.store.read(async (tx) => {
      const { id } = await getSegment(tx, alias);
      return (await tx.members.list(id, { asOf })).map(({ contactId }) => contactId);
    });
  }

  async said(id: number): Promise<string[]> {
    const rows = await this.world.store.read(async (tx) => tx.contacts.suppressions([id]));
    return rows.map(({ channel, reason }) => `${channel} ${reason}`);
  }

  async merge(winner: number, ...losers: number[]): Promise<void> {
    this.now += HOUR;
    const action = { ...ACTION, now: this.now, isDry: false };
    await mergeContacts(this.world.store, { winner, losers }, action);
  }
}

const scene = async (): Promise<Scene> => new Scene(await makeWorld());

describe('decisions', () => {
  test('whom a campaign adds who was in by the filter stays when the filter drops (16473)', async () => {
    const story = await scene();
    await story.segment('hot', { where: 'points >= 50' });
    const ann = await story.add('ann@x.example', 60);
    await story.update();
    await story.put('hot', ann, 'campaign:welcome');
    await story.edit(ann, 'points', '0');
    await story.update();
    expect(await story.members('hot')).toEqual([ann]);
  });

  test('who was put in by hand and taken out by hand stays out when the filter takes (16087)', async () => {
    const story = await scene();
    await story.segment('hot', { where: 'points >= 50' });
    const ann = await story.add('ann@x.example');
    await story.put('hot', ann);
    await story.take('hot', ann);
    await story.edit(ann, 'points', '90');
    await story.update();
    expect(await story.members('hot')).toEqual([]);
  });

  test('another filter takes out whom the first one put in, and nobody else (4095, 7679)', async () => {
    const story = await scene();
    await story.segment('some', { where: 'points >= 50' });
    const [ann, bo] = [await story.add('a@x.example', 60), await story.add('b@x.example')];
    await story.put('some', bo);
    await story.update();
    expect(await story.members('some')).toEqual([ann, bo]);
    await story.do(async (tx) =>
      editSegment(tx, await getSegment(tx, 'some'), { where: 'points > 70' }, ACTION),
    );
    await story.update();
    expect(await story.members('some')).toEqual([bo]);
  });

  test('who comes back by a filter is a member since then, and was not in between', async () => {
    const story = await scene();
    await story.segment('vip', { where: 'tagged "vip"' });
    const ann = await story.add('ann@x.example', 0, ['vip']);
    await story.update();
    await story.do(async (tx) => untagContacts(tx, [ann], ['vip']));
    await story.update();
    const between = story.now;
    await story.do(async (tx) => tagContacts(tx, [ann], ['vip'], story.now));
    await story.update();
    expect(await story.members('vip')).toEqual([ann]);
    expect(await story.members('vip', between)).toEqual([]);
    expect(await story.world.value('select since from memberships')).toBe(story.now);
  });

  test('converted to static, members stay whatever becomes of their data', async () => {
    const story = await scene();
    await story.segment('hot', { where: 'points >= 50' });
    const ann = await story.add('ann@x.example', 60);
    await story.update();
    await story.do(async (tx) =>
      convertSegment(tx, await getSegment(tx, 'hot'), 'static', 'drop', ACTION),
    );
    await story.edit(ann, 'points', '0');
    await story.add('bo@x.example', 90);
    await story.update();
    expect(await story.members('hot')).toEqual([ann]);
  });

  test('what the contact chose holds against campaigns, until it chooses again', async () => {
    const story = await scene();
    await story.segment('news', { preferenceCenter: true });
    const ann = await story.add('ann@x.example');
    const chooses = async (...aliases: string[]) =>
      story.do(async (tx) => choose(tx, ann, aliases, { ...ACTION, now: story.now }));
    await chooses('news');
    await chooses();
    await story.put('news', ann, 'campaign:win-back');
    expect(await story.members('news')).toEqual([]);
    await chooses('news');
    expect(await story.members('news')).toEqual([ann]);
  });
});

describe('triggers', () => {
  test('points fire for a new contact, once, not at each change (3854, 3235)', async () => {
    const story = await scene();
    await story.segment('hot');
    await story.trigger({ name: 'p', whenPointsReach: 100, add: ['hot'] });
    const ann = await story.add('ann@x.example', 120);
    expect(await story.members('hot')).toEqual([ann]);
    await story.do(async (tx) =>
      tx.members.remove((await getSegment(tx, 'hot')).id, [ann], {
        ...{ via: 'manual', now: story.now, by: null, runId: null },
      }),
    );
    await story.edit(ann, 'points', '150');
    expect(await story.members('hot')).toEqual([]);
    await story.edit(ann, 'points', '50');
    await story.edit(ann, 'points', '100');
    expect(await story.members('hot')).toEqual([ann]);
  });

  test('points fire for whom a file brings', async () => {
    const story = await scene();
    await story.segment('hot');
    await story.trigger({ name: 'p', whenPointsReach: 100, add: ['hot'] });
    await story.world.contacts('email,points\nann@x.example,120\nbo@x.example,99\n');
    expect(await story.members('hot')).toEqual([1]);
  });

  test('who comes in again sets a trigger off again (4575, 16075)', async () => {
    const story = await scene();
    await story.segment('vip', { where: 'tagged "vip"' });
    await story.segment('welcome');
    await story.trigger({ name: 'w', whenJoins: 'vip', add: ['welcome'] });
    const ann = await story.add('ann@x.example', 0, ['vip']);
    await story.update();
    await story.take('welcome', ann, 'campaign:done');
    await story.do(async (tx) => untagContacts(tx, [ann], ['vip']));
    await story.update();
    expect(await story.members('welcome')).toEqual([]);
    await story.do(async (tx) => tagContacts(tx, [ann], ['vip'], story.now));
    await story.update();
    expect(await story.members('welcome')).toEqual([ann]);
  });

  test('events of before a merge fire nothing again for who stays', async () => {
    const story = await scene();
    await story.segment('leads');
    await story.trigger({ name: 'e', when: 'form.submit', add: ['leads'] });
    const [ann, old] = [await story.add('a@x.example'), await story.add('b@x.example')];
    await story.hit(old, 'form.submit');
    await story.take('leads', old, 'campaign:done');
    await story.merge(ann, old);
    await story.update();
    expect(await story.members('leads')).toEqual([]);
    await story.hit(ann, 'form.submit');
    expect(await story.members('leads')).toEqual([ann]);
  });

  test('an event of long ago that arrives now fires, and the same one fires once', async () => {
    const story = await scene();
    await story.segment('leads');
    await story.trigger({ name: 'e', when: 'form.submit', add: ['leads'] });
    const ann = await story.add('ann@x.example');
    const file =
      'email,type,occurred_at,external_id\nann@x.example,form.submit,2020-01-01T00:00:00Z,x1\n';
    await story.world.events(file);
    expect(await story.members('leads')).toEqual([ann]);
    await story.take('leads', ann, 'campaign:done');
    await story.world.events(file);
    await story.update();
    expect(await story.members('leads')).toEqual([]);
  });

  test('who reached the points before a merge does not reach them by it again', async () => {
    const story = await scene();
    await story.segment('hot');
    await story.trigger({ name: 'p', whenPointsReach: 100, add: ['hot'] });
    const [old, ann] = [await story.add('a@x.example', 120), await story.add('b@x.example', 100)];
    for (const id of [old, ann]) await story.take('hot', id, 'campaign:done');
    await story.merge(ann, old);
    await story.update();
    expect(await story.members('hot')).toEqual([]);
  });
});

describe('merges', () => {
  test('who unsubscribed under either address is not reached (5495)', async () => {
    const story = await scene();
    const [ann, old] = [await story.add('a@x.example'), await story.add('b@x.example')];
    await story.do(async (tx) =>
      suppressContacts(tx, [old], ['email', 'sms'], 'unsubscribed', story.now),
    );
    await story.merge(ann, old);
    expect(await story.said(ann)).toEqual(['email unsubscribed', 'sms unsubscribed']);
    expect(await story.said(await story.add('b@x.example'))).toContain('email unsubscribed');
  });

  test('the past of both is that of who stays', async () => {
    const story = await scene();
    await story.segment('list');
    const [ann, old] = [await story.add('a@x.example'), await story.add('b@x.example')];
    await story.put('list', old);
    const then = story.now;
    story.now += DAY;
    await story.take('list', old, 'campaign:done');
    await story.merge(ann, old);
    expect(await story.members('list')).toEqual([]);
    expect(await story.members('list', then)).toEqual([ann]);
  });

  test('a removal of either holds against the next import', async () => {
    const story = await scene();
    await story.segment('list');
    const [ann, old] = [await story.add('a@x.example'), await story.add('b@x.example')];
    await story.put('list', ann);
    await story.take('list', old);
    await story.merge(ann, old);
    await story.world.contacts('email\na@x.example\n', { segments: ['list'] });
    expect(await story.members('list')).toEqual([]);
  });
});

describe('consent', () => {
  test('who is not to be reached stays in the lists, and is told apart by reason (2870, 2452)', async () => {
    const story = await scene();
    await story.segment('list');
    await story.segment('quiet', { where: 'suppressed(email)' });
    const ann = await story.add('ann@x.example');
    await story.put('list', ann);
    for (const reason of ['bounced', 'unsubscribed'] as const)
      await story.do(async (tx) => suppressContacts(tx, [ann], ['email'], reason, story.now));
    await story.world.contacts('email,city\nann@x.example,Rome\n');
    await story.update();
    expect(await story.members('list')).toEqual([ann]);
    expect(await story.members('quiet')).toEqual([ann]);
    expect(await story.said(ann)).toEqual(['email bounced', 'email unsubscribed']);
  });

  test('a bounce is found by the filter as an unsubscription is (4969)', async () => {
    const story = await scene();
    await story.segment('quiet', { where: 'suppressed(email)' });
    const ann = await story.add('ann@x.example');
    await story.do(async (tx) => suppressContacts(tx, [ann], ['email'], 'bounced', story.now));
    await story.update();
    expect(await story.members('quiet')).toEqual([ann]);
    await story.edit(ann, 'email', 'new@x.example');
    await story.update();
    expect(await story.members('quiet')).toEqual([]);
  });

  test('who unsubscribed, was deleted and comes with a file is not reached (6275)', async () => {
    const story = await scene();
    const ann = await story.add('ann@x.example');
    await story.do(async (tx) => suppressContacts(tx, [ann], ['email'], 'unsubscribed', story.now));
    await story.do(async (tx) => deleteContacts(tx, [ann], { now: story.now, by: null }));
    await story.world.contacts('email\nANN@X.example\n');
    const again = await story.world.value('select max(id) from contacts');
    expect(again).not.toBe(ann);
    expect(await story.said(again)).toEqual(['email unsubscribed']);
  });
});
