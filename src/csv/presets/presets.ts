import { ACTIVECAMPAIGN } from './activecampaign.ts';
import { BREVO } from './brevo.ts';
import { GOOGLE } from './google.ts';
import { HUBSPOT } from './hubspot.ts';
import { KEILA } from './keila.ts';
import { KIT } from './kit.ts';
import { KLAVIYO } from './klaviyo.ts';
import { LINKEDIN } from './linkedin.ts';
import { LISTMONK } from './listmonk.ts';
import { MAILCHIMP } from './mailchimp.ts';
import { MAUTIC } from './mautic.ts';
import { OUTLOOK } from './outlook.ts';
import type { Preset } from './preset.ts';
import { SALESFORCE } from './salesforce.ts';
import { SHOPIFY } from './shopify.ts';
import { STRIPE, STRIPE_PAYMENTS } from './stripe.ts';
import { SYSTEME } from './systeme.ts';

/** All systems whose files are known, in the order of the alphabet. */
export const PRESETS: readonly Preset[] = [
  ACTIVECAMPAIGN,
  BREVO,
  GOOGLE,
  HUBSPOT,
  KEILA,
  KIT,
  KLAVIYO,
  LINKEDIN,
  LISTMONK,
  MAILCHIMP,
  MAUTIC,
  OUTLOOK,
  SALESFORCE,
  SHOPIFY,
  STRIPE,
  STRIPE_PAYMENTS,
  SYSTEME,
];
