-- The SQL functions of a store, made anew with every migration. `src/sql` and `src/support` have the
-- same in TypeScript, and that is what they mean: test/store/postgres holds the two against each
-- other. src/store/postgres/migration/functions.ts fills in the words in double braces.
--
-- None of them raises an error, whatever a row holds, and none depends on the settings of a session.
-- The bodies that PostgreSQL reads only when it runs them (plpgsql) bring their search_path. None has
-- an exception block, which parallel workers must not begin. Inside, texts compare and change by "C",
-- where ASCII letters alone have a case; what comes out of a property has the collation of the database,
-- and is to be compared with `collate "C"` behind it.

-- Folds a text, so that all its cases are equal.
create or replace function fold(value text) returns text
language sql immutable parallel safe
return case
  when octet_length(value) = length(value) then lower(value collate "C")
  else translate(lower(value collate "C"), {{folded from}}, {{folded to}})
end;

-- The text without the blanks at its ends that JavaScript's `trim` takes away.
create or replace function without_blanks(value text) returns text
language sql immutable parallel safe
return btrim(value, {{blanks}});

-- Whether a text is a day of the calendar, `YYYY-MM-DD`; null for null.
create or replace function is_day(value text) returns boolean
language sql immutable parallel safe
return value collate "C" ~ (
  '^(?:[0-9]{4}-(?:'
  || '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|'
  || '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|'
  || '02-(?:0[1-9]|1[0-9]|2[0-8])'
  || ')|'
  || '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)$'
);

-- An instant in epoch ms for people, `2026-03-15T10:00:00Z`; null outside of the years 1 to 9999.
create or replace function instant_text(ms bigint) returns text
language sql stable parallel safe
return case
  when ms between -62135596800000 and 253402300799999 then
    to_char(
      timestamp '1970-01-01' + ms / 1000 * interval '1 second',
      'YYYY-MM-DD"T"HH24:MI:SS"Z"'
    )
end;

-- The double that is nearest to a number, as JavaScript reads its digits; null where that is infinite.
create or replace function nearest_double(number numeric) returns double precision
language sql immutable parallel safe
return case
  when abs(number) >= {{beyond all doubles}} then null
  when abs(number) <= {{half of the least double}} then 0
  when abs(number) < 5e-324 then sign(number)::double precision * 5e-324::double precision
  else number::double precision
end;

-- The number that a text reads as in JavaScript, where it is written in decimal digits; else null.
create or replace function text_number(value text) returns double precision
language plpgsql immutable strict parallel safe set search_path from current
as $$
declare
  -- more digits than this do not tell which double is nearest, only that there are more does
  most_digits constant integer := 800;
  parts text[];
  digits text;
  point bigint;
begin
  if value ~ '^-?[0-9]{1,15}(\.[0-9]{1,15})?$' then
    return value::double precision;
  end if;
  parts := regexp_match(
    without_blanks(value),
    '^([+-]?)(?=\.?[0-9])([0-9]*)\.?([0-9]*)(?:[eE]([+-]?)([0-9]+))?$'
  );
  if parts is null then
    return null;
  end if;
  digits := ltrim(parts[2] || parts[3], '0');
  point := length(digits) - length(parts[3]);
  digits := rtrim(digits, '0');
  if digits = '' then
    return 0;
  end if;
  parts[5] := ltrim(coalesce(parts[5], ''), '0');
  if length(parts[5]) > 15 then
    return case when parts[4] = '-' then 0 end;
  end if;
  point := point + (coalesce(parts[4], '') || '0' || parts[5])::bigint;
  if point > 309 or point < -330 then
    return case when point < 0 then 0 end;
  end if;
  if length(digits) > most_digits then
    digits := left(digits, most_digits) || '1';
  end if;
  return nearest_double((parts[1] || '0.' || digits || 'e' || point)::numeric);
end
$$;

-- A number as JavaScript writes it: in the fewest digits that read back as the same one.
create or replace function number_text(number double precision) returns text
language plpgsql immutable strict parallel safe
set search_path from current set extra_float_digits = 1
as $$
declare
  written constant text := abs(number)::text;
  parts constant text[] := regexp_match(written, '^([0-9]+)\.?([0-9]*)(?:e([+-][0-9]+))?$');
  sign constant text := case when number < 0 then '-' else '' end;
  digits text;
  point integer; -- the number is 0.DIGITS times ten to this power
  shorter text;
begin
  if parts is null then
    return case written when 'NaN' then written else sign || 'Infinity' end;
  end if;
  digits := ltrim(parts[1] || parts[2], '0');
  point := length(digits) - length(parts[2]) + coalesce(parts[3], '0')::integer;
  digits := rtrim(digits, '0');
  if digits = '' then
    return '0';
  end if;
  -- PostgreSQL writes no number that lies right between two doubles, JavaScript does
  if length(digits) > 1 and point between 16 and 40 then
    shorter := left(digits, -1);
    foreach shorter in array array[shorter, (shorter::numeric + 1)::text] loop
      if (shorter || 'e' || (point - length(digits) + 1))::double precision = abs(number) then
        point := point - length(digits) + 1 + length(shorter);
        digits := rtrim(shorter, '0');
        exit;
      end if;
    end loop;
  end if;
  return sign || case
    when point between length(digits) and 21 then rpad(digits, point, '0')
    when point between 1 and 21 then left(digits, point) || '.' || substr(digits, point + 1)
    when point between -5 and 0 then '0.' || repeat('0', -point) || digits
    else
      left(digits, 1)
      || case when length(digits) > 1 then '.' || substr(digits, 2) else '' end
      || case when point > 0 then 'e+' else 'e-' end
      || abs(point - 1)
  end;
end
$$;

-- A property from an event's JSON as text: a string as it is, a number or boolean as JavaScript writes
-- it; null for anything else.
create or replace function event_text(properties jsonb, name text) returns text
language sql immutable parallel safe
return case jsonb_typeof(properties -> name)
  when 'string' then properties ->> name
  when 'boolean' then properties ->> name
  when 'number' then case
    when properties ->> name ~ '^-?[0-9]{1,15}$' then properties ->> name
    else coalesce(
      number_text(nearest_double((properties -> name)::numeric)),
      case when (properties -> name)::numeric < 0 then '-Infinity' else 'Infinity' end
    )
  end
end;

-- The property as a number: a number, or a text that reads as one; null for anything else.
create or replace function event_number(properties jsonb, name text) returns double precision
language sql immutable parallel safe
return case jsonb_typeof(properties -> name)
  when 'number' then nearest_double((properties -> name)::numeric)
  when 'string' then text_number(properties ->> name)
end;

-- The day with which the property's text begins, `2026-03-15`; null for anything else.
create or replace function event_day(properties jsonb, name text) returns text
language sql immutable parallel safe
return case
  when jsonb_typeof(properties -> name) = 'string'
    and properties ->> name ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])'
  then left(properties ->> name, 10)
end;

-- The values of a list, to select from; `key` counts them from 0.
create or replace function each(list bigint[]) returns table (key bigint, value bigint)
language sql immutable parallel safe rows 100
begin atomic
  select place - 1, item from unnest(list) with ordinality as items (item, place);
end;

create or replace function each(list double precision[])
returns table (key bigint, value double precision)
language sql immutable parallel safe rows 100
begin atomic
  select place - 1, item from unnest(list) with ordinality as items (item, place);
end;

create or replace function each(list text[]) returns table (key bigint, value text)
language sql immutable parallel safe rows 100
begin atomic
  select place - 1, item from unnest(list) with ordinality as items (item, place);
end;

-- Adds two numbers; what is too large for a double is infinite, where `+` raises an error.
create or replace function plus(one double precision, other double precision)
returns double precision
language sql immutable parallel safe
return case
  when least(abs(one), abs(other)) < 1e290 or 'Infinity' in (abs(one), abs(other)) then one + other
  when abs(one / 2 + other / 2) < {{half beyond all doubles}} then (one / 2 + other / 2) * 2
  else sign(one) * 'Infinity'::double precision
end;

-- The sum with compensated rounding errors (Kahan, Babuška, Neumaier), in the order of the list.
create or replace function kbn(numbers double precision[]) returns double precision
language plpgsql immutable parallel safe set search_path from current
as $$
declare
  sum double precision := 0;
  error double precision := 0;
  next double precision;
  number double precision;
begin
  foreach number in array coalesce(numbers, '{}') loop
    continue when number is null;
    next := plus(sum, number);
    error := plus(
      error,
      case
        when abs(sum) > abs(number) then plus(plus(sum, - next), number)
        else plus(plus(number, - next), sum)
      end
    );
    sum := next;
  end loop;
  return case
    when error in ('Infinity', '-Infinity', 'NaN') then sum
    else plus(sum, error)
  end;
end
$$;

-- A text of a unique field as it compares: without case and without the blanks at its ends, in NFC. By
-- the server's Unicode (14 in PostgreSQL 15): to it, letters that came later have no other form.
create or replace function text_key(value text) returns text
language sql immutable parallel safe
return case
  when octet_length(value) = length(value) then lower(without_blanks(value) collate "C")
  -- by NFC once more: folding can leave letters that compose
  else normalize(fold(normalize(without_blanks(value))))
end;

-- The digits of a phone number, in which a leading `00` is `+`; a text without any is just text.
create or replace function phone_key(value text) returns text
language sql immutable parallel safe
return coalesce(
  nullif(regexp_replace(regexp_replace(value, '[^0-9]+', '', 'g'), '^00', ''), ''),
  text_key(value)
);

-- A label of a domain in ASCII: `bücher` → `xn--bcher-kva` (punycode, RFC 3492).
create or replace function ascii_label(label text) returns text
language plpgsql immutable strict parallel safe set search_path from current
as $$
declare
  digits constant text := 'abcdefghijklmnopqrstuvwxyz0123456789';
  codes constant integer[] := array(
    select ascii(letter)
    from unnest(string_to_array(label, null)) with ordinality as letters (letter, place)
    order by place
  );
  written text := regexp_replace(label, '[^\x01-\x7f]+', '', 'g');
  ascii_count constant integer := length(written);
  present integer := ascii_count;
  lowest integer := 128;
  next integer;
  code integer;
  delta bigint := 0;
  rest bigint;
  bias integer := 72;
  place integer;
  threshold integer;
begin
  if present = length(label) then
    return label;
  end if;
  written := 'xn--' || written || case when present > 0 then '-' else '' end;
  while present < length(label) loop
    select min(item) into next from unnest(codes) as items (item) where item >= lowest;
    delta := delta + (next - lowest)::bigint * (present + 1);
    foreach code in array codes loop
      if code < next then
        delta := delta + 1;
      elsif code = next then
        rest := delta;
        place := 36;
        loop
          threshold := least(greatest(place - bias, 1), 26);
          exit when rest < threshold;
          written := written
            || substr(digits, (threshold + (rest - threshold) % (36 - threshold))::integer + 1, 1);
          rest := (rest - threshold) / (36 - threshold);
          place := place + 36;
        end loop;
        written := written || substr(digits, rest::integer + 1, 1);
        rest := delta / case when present = ascii_count then 700 else 2 end;
        rest := rest + rest / (present + 1);
        bias := 0;
        while rest > 455 loop
          rest := rest / 35;
          bias := bias + 36;
        end loop;
        bias := bias + (36 * rest / (rest + 38))::integer;
        delta := 0;
        present := present + 1;
      end if;
    end loop;
    delta := delta + 1;
    lowest := next + 1;
  end loop;
  return written;
end
$$;

-- A domain as name servers have it; one that is too long for them stays as it is.
create or replace function domain_key(domain text) returns text
language sql immutable parallel safe
return case
  when length(domain) > 253 then domain
  else (
    select string_agg(ascii_label(label), '.' order by place)
    from regexp_split_to_table(normalize(fold(normalize(domain, nfkc))), '[.\u3002]')
      with ordinality as labels (label, place)
  )
end;

-- An e-mail address, already a key of a text, as it compares.
create or replace function email_key(key text) returns text
language sql immutable parallel safe
return (
  select case
    when strpos(key, '@') = 0 or octet_length(domain) = length(domain) then key
    else left(key, length(key) - length(domain)) || domain_key(domain)
  end
  from regexp_replace(key, '^.*@', '') as domain
);

-- What a value of a unique field of this type compares by. Values that are no texts compare as they are.
create or replace function unique_key(type text, value text) returns text
language sql immutable parallel safe
return case
  when type = 'phone' then phone_key(value)
  when type = 'email' and octet_length(value) > length(value) then email_key(text_key(value))
  else text_key(value)
end;

create or replace function unique_key(type text, value double precision) returns double precision
language sql immutable parallel safe
return value;

create or replace function unique_key(type text, value bigint) returns bigint
language sql immutable parallel safe
return value;

-- HMAC-SHA-256 (RFC 2104).
create or replace function hmac_sha256(message bytea, key bytea) returns bytea
language plpgsql immutable strict parallel safe set search_path from current
as $$
declare
  block bytea := case when length(key) > 64 then sha256(key) else key end;
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
begin
  for place in 0 .. length(block) - 1 loop
    inner_pad := set_byte(inner_pad, place, get_byte(block, place) # 54); -- 0x36
    outer_pad := set_byte(outer_pad, place, get_byte(block, place) # 92); -- 0x5c
  end loop;
  return sha256(outer_pad || sha256(inner_pad || message));
end
$$;

-- By what an erased person is known again, by a value of a unique column; nobody has an empty one.
create or replace function person_hash(key bytea, "column" text, value text) returns text
language sql immutable parallel safe
return case
  when value <> '' then encode(
    hmac_sha256(
      convert_to("column", 'UTF8') || '\x00'::bytea || convert_to(value, 'UTF8'),
      key
    ),
    'hex'
  )
end;

create or replace function person_hash(key bytea, "column" text, value double precision) returns text
language sql immutable parallel safe
return person_hash(key, "column", number_text(value));

create or replace function person_hash(key bytea, "column" text, value bigint) returns text
language sql immutable parallel safe
return person_hash(key, "column", value::text);
