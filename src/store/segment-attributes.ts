/**
 * The attributes of a segment: what its author may say of it beside name, alias and filter. This is
 * the only place where they are listed. The row and its columns in a store, the blank segment, the
 * options of `segments:create` and `segments:edit`, and what `segments:show` and `segments:list`
 * tell are made of it, in this order. A new one is an entry here, and a migration that adds its
 * column.
 */
export const SEGMENT_ATTRIBUTES = {
  description: {
    type: 'text',
    column: 'description',
    option: '-d, --description <text>',
    label: 'what it is for',
    default: null,
  },
  category: {
    type: 'text',
    column: 'category',
    option: '--category <category>',
    label: 'a word to sort segments by',
    default: null,
  },
  owner: {
    type: 'text',
    column: 'owner',
    option: '--owner <owner>',
    label: 'who is responsible for it',
    default: null,
  },
  published: {
    type: 'switch',
    column: 'published',
    option: ['--published', '--unpublished'],
    label: 'updates keep it true, and others may use it',
    opposite: 'updates leave it alone, and filters, triggers and imports may not use it',
    default: true,
    isListed: true,
  },
  public: {
    type: 'switch',
    column: 'public',
    option: ['--public', '--no-public'],
    label: 'campaign, form and points actions may use it',
    opposite: 'campaign, form and points actions may not use it',
    default: false,
    isListed: true,
  },
  preferenceCenter: {
    type: 'switch',
    column: 'preference_center',
    option: ['--preference-center', '--no-preference-center'],
    label: 'contacts may choose it in the preference center',
    opposite: 'it is not offered in the preference center',
    default: false,
    isListed: true,
  },
  publicName: {
    type: 'text',
    column: 'public_name',
    option: '--public-name <name>',
    label: 'its name in the preference center',
    default: null,
  },
  manual: {
    type: 'choice',
    column: 'manual',
    option: '--manual <rule>',
    label: 'allow or forbid changes by hand to a dynamic segment',
    words: ['allow', 'forbid'],
    default: 'allow',
  },
} as const satisfies Readonly<Record<string, SegmentAttribute>>;

/**
 * One attribute. A text is null until it is given, and an empty one clears it; a switch is on or
 * off; a choice is one of its words.
 */
export type SegmentAttribute = Told &
  (
    | { readonly type: 'text'; readonly option: string; readonly default: null }
    | {
        readonly type: 'switch';
        /** On, off. */
        readonly option: readonly [string, string];
        /** What the second does; `label` is of the first. */
        readonly opposite: string;
        readonly default: boolean;
      }
    | {
        readonly type: 'choice';
        readonly option: string;
        readonly words: readonly [string, ...string[]];
        readonly default: string;
      }
  );

interface Told {
  /** Its name in the store, and in what programs read. */
  readonly column: string;
  /** What the help says of its option. */
  readonly label: string;
  /** `segments:list` has it too, for programs; `segments:show` has all. */
  readonly isListed?: boolean;
}

type Attributes = typeof SEGMENT_ATTRIBUTES;
export type AttributeKey = keyof Attributes;

/** What each attribute of a segment is. */
export type SegmentAttributes = { readonly [Key in AttributeKey]: ValueOf<Attributes[Key]> };

type ValueOf<A extends SegmentAttribute> = A extends { readonly type: 'text' }
  ? string | null
  : GivenOf<A>;

/** What an author gives of them: what is undefined stays as it is. */
export type GivenAttributes = {
  readonly [Key in AttributeKey]?: GivenOf<Attributes[Key]> | undefined;
};

type GivenOf<A extends SegmentAttribute> = A extends { readonly words: readonly (infer Word)[] }
  ? Word
  : A extends { readonly type: 'switch' }
    ? boolean
    : string;

/** Something made of each attribute, under the same keys and in the same order. */
export function mapAttributes<T>(
  make: (attribute: SegmentAttribute, key: AttributeKey) => T,
): Record<AttributeKey, T> {
  const entries = ATTRIBUTES.map(([key, attribute]) => [key, make(attribute, key)] as const);
  return Object.fromEntries(entries) as Record<AttributeKey, T>;
}

const ATTRIBUTES = Object.entries(SEGMENT_ATTRIBUTES) as readonly (readonly [
  AttributeKey,
  SegmentAttribute,
])[];

/** The attributes alone of a row or a definition. */
export function attributesOf(segment: SegmentAttributes): SegmentAttributes {
  return mapAttributes((_, key) => segment[key]) as SegmentAttributes;
}

/** The attributes of a segment of which nothing is said. */
export const BLANK_ATTRIBUTES = mapAttributes(
  (attribute) => attribute.default,
) as SegmentAttributes;
