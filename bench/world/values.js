/** The clock of the world: nothing in it is later. Epoch ms. */
export const NOW = Date.UTC(2026, 2, 16, 10);
export const NOW_TEXT = new Date(NOW).toISOString();
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export const COUNTRIES = [
  'FR',
  'DE',
  'GB',
  'ES',
  'IT',
  'BE',
  'NL',
  'PT',
  'PL',
  'SE',
  'AT',
  'CH',
  'IE',
  'DK',
  'CA',
];
export const LANGUAGES = ['fr', 'de', 'en', 'es', 'it', 'nl', 'pt', 'pl', 'sv', 'da'];
export const PLANS = ['free', 'pro', 'team', 'enterprise'];
export const INDUSTRIES = [
  'Software',
  'Retail',
  'Food',
  'Engineering',
  'Consulting',
  'Education',
  'Healthcare',
  'Publishing',
  'Logistics',
  'Energy',
];
export const POSITIONS = [
  'Director',
  'Engineer',
  'Buyer',
  'Assistant',
  'Head of Marketing',
  'Accountant',
  'Consultant',
  'Owner',
];
export const EVENT_TYPES = ['page.hit', 'email.read', 'email.click', 'form.submit', 'purchase'];
export const SUBJECTS = Array.from(
  { length: 200 },
  (_, index) => `/subject/${String(index).padStart(3, '0')}`,
);
export const TAGS = Array.from(
  { length: 50 },
  (_, index) => `tag-${String(index).padStart(2, '0')}`,
);

const CITY_STARTS = [
  'Bar',
  'Cor',
  'Dun',
  'Elm',
  'Fal',
  'Gar',
  'Hol',
  'Kir',
  'Lan',
  'Mar',
  'Nor',
  'Ost',
  'Pal',
  'Ren',
  'San',
  'Tor',
  'Ull',
  'Ver',
  'Wes',
  'Zel',
];
const CITY_MIDDLES = ['a', 'en', 'i', 'o', 'um'];
const CITY_ENDS = ['berg', 'ton', 'ville', 'mar', 'stad'];
/** Five hundred different ones, 25 to each start. */
export const CITIES = CITY_STARTS.flatMap((start) =>
  CITY_MIDDLES.flatMap((middle) => CITY_ENDS.map((end) => start + middle + end)),
);

export const FIRST_NAMES = [
  'Ann',
  'Ben',
  'Chloé',
  'Dora',
  'Émile',
  'Fay',
  'Gus',
  'Ines',
  'Jón',
  'Kim',
  'Léa',
  'Mia',
  'Noah',
  'Olga',
  'Paul',
  'Rosa',
];
export const LAST_NAMES = [
  'Archer',
  'Baker',
  'Cordier',
  'Dubois',
  'Esser',
  'Fischer',
  'Gómez',
  'Haas',
  'Ivarsson',
  'Jansen',
  'Keller',
  'Lopes',
  'Moreau',
  'Novak',
  'Olsen',
  'Peeters',
];

/** The custom fields: five of the seventeen columns that each contact has. */
export const CUSTOM_FIELDS = [
  { alias: 'plan', type: 'select', options: PLANS.join(',') },
  { alias: 'revenue', type: 'number' },
  { alias: 'language', type: 'text' },
  { alias: 'score', type: 'number' },
  { alias: 'birthday', type: 'date' },
];
