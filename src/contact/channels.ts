import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { isProblem, parseBoolean } from './values.ts';

/**
 * Channels that are known even if nobody is suppressed in them. Others are allowed, but one whose
 * name is close to one of these gets a warning.
 */
export const USUAL_CHANNELS = ['email', 'sms', 'phone', 'post', 'push', 'whatsapp'] as const;

/** Only ASCII, so that the store and the filter language agree on which channels are the same. */
const CHANNEL = /^[a-z_][a-z0-9_]*(?:[-.][a-z0-9_]+)*$/;

/** The channel that a text names, in lower case; undefined if it cannot be a channel. */
export function toChannel(text: string): string | undefined {
  const channel = text.trim().toLowerCase();
  return CHANNEL.test(channel) ? channel : undefined;
}

/** Like `toChannel`; `UserError` (2) for what cannot be one. */
export function expectChannel(text: string): string {
  const channel = toChannel(text);
  if (channel !== undefined) return channel;
  throw new UserError('BAD_CHANNEL', EXIT.usage, `\`${text.trim()}\` cannot be a channel`, {
    hint: `a channel is a word such as ${USUAL_CHANNELS.join(', ')}`,
  });
}

/** Somebody who says these means every channel: as one of its own it would keep nothing back. */
const EVERY_WORDS = ['all', 'any', 'every', 'everything'];

/**
 * A channel that may be new to the store. `UserError` (2): a text that cannot be a channel, one that
 * means all of them, or a word that a file would read as yes or no. Exported and imported, `no`
 * would become nothing and `yes` another channel.
 */
export function expectNewChannel(text: string): string {
  const channel = expectChannel(text);
  if (EVERY_WORDS.includes(channel))
    throw new UserError('BAD_CHANNEL', EXIT.usage, `\`${channel}\` is no channel of its own`, {
      hint: `name each: ${USUAL_CHANNELS.join(', ')}`,
    });
  if (isProblem(parseBoolean(channel))) return channel;
  const hint = 'files would read it as a yes or a no';
  throw new UserError('BAD_CHANNEL', EXIT.usage, `\`${channel}\` cannot be a channel`, { hint });
}

/**
 * Warnings about channels that look misspelt: suppressed in a misspelt channel, a contact could
 * still be written to in the one that was meant.
 */
export function oddChannels(channels: readonly string[]): string[] {
  return channels.flatMap((channel) => {
    if ((USUAL_CHANNELS as readonly string[]).includes(channel)) return [];
    const [near] = nearest(channel, USUAL_CHANNELS);
    return near === undefined
      ? []
      : [`\`${channel}\` is taken as a channel of its own; did you mean \`${near}\`?`];
  });
}
