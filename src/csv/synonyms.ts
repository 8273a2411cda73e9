/** Other words for fields in the headers of files, by the alias of the field. */
export type Synonyms = Readonly<Record<string, readonly string[]>>;

const ADDRESS = {
  email: [
    ...['Email Address', 'Mail', 'Mail Address', 'Primary Email', 'Email 1'],
    ...['Courriel', 'Adresse e-mail', 'Adresse mail', 'Adresse électronique', 'Adresse courriel'],
    ...['E-Mail-Adresse', 'Mailadresse', 'E-mail 1 - Value', 'Contact Email'],
  ],
  phone: [
    ...['Phone Number', 'Telephone', 'Telephone Number', 'Tel', 'Primary Phone', 'Phone 1'],
    ...['Business Phone', 'Work Phone', 'Phone 1 - Value'],
    ...['Numéro de téléphone', 'Téléphone fixe', 'Tél fixe'],
    ...['Telefon', 'Telefonnummer', 'Festnetz', 'Rufnummer'],
  ],
  website: [
    ...['Web Page', 'Website URL', 'Homepage', 'Website 1 - Value'],
    ...['Site web', 'Site internet', 'Webseite', 'Internetseite'],
  ],
  address1: [
    ...['Address', 'Street', 'Street Address', 'Mailing Street', 'Address 1 - Street'],
    ...['Adresse', 'Adresse 1', 'Adresse postale', 'Rue', 'Straße', 'Strasse', 'Anschrift'],
  ],
  address2: [
    ...['Street 2', 'Street Address 2'],
    ...['Adresse 2', "Complément d'adresse", 'Adresszusatz'],
  ],
  city: [
    ...['Town', 'Mailing City', 'Address 1 - City'],
    ...['Ville', 'Commune', 'Localité', 'Stadt', 'Ort', 'Wohnort'],
  ],
  state: [
    ...['Province', 'Region', 'County', 'State/Region', 'State/Province', 'Mailing State/Province'],
    ...['Address 1 - Region', 'Canton', 'Bundesland', 'Kanton'],
  ],
  zipcode: [
    ...['Zip', 'Postcode', 'Zip/Postal Code', 'Postal/Zip Code'],
    ...['Mailing Zip/Postal Code', 'Address 1 - Postal Code'],
    ...['Code postal', 'CP', 'Postleitzahl', 'PLZ'],
  ],
  country: [
    ...['Country Name', 'Country/Region', 'Mailing Country', 'Address 1 - Country'],
    ...['Pays', 'Pays/Région', 'Land'],
  ],
  created_at: [
    ...['Create Date', 'Created', 'Created Date', 'Created On', 'Creation Date', 'Date Created'],
    ...['Date Added', 'Signup Date', 'Created (UTC)'],
    ...['Date de création', 'Créé le', 'Ajouté le', 'Erstellt am', 'Erstellungsdatum'],
  ],
} as const;

const COMPANY_NAMES = [
  ...['Company Name', 'Organization', 'Organisation', 'Organization Name', 'Account Name'],
  ...['Organization 1 - Name', 'Employer'],
  ...['Société', 'Entreprise', 'Raison sociale', 'Nom de la société', "Nom de l'entreprise"],
  ...['Firma', 'Firmenname', 'Unternehmen'],
] as const;

/** English, French, German, and the words of exports that mean one thing in all of them. */
export const CONTACT_SYNONYMS: Synonyms = {
  ...ADDRESS,
  mobile: [
    ...['Mobile Phone', 'Mobile Phone Number', 'Mobile Number', 'Cell', 'Cellphone'],
    ...['Portable', 'Téléphone portable', 'Téléphone mobile', 'Tél portable', 'GSM'],
    ...['Handy', 'Handynummer', 'Mobiltelefon', 'Mobilnummer'],
  ],
  title: ['Salutation', 'Name Prefix', 'Civilité', 'Anrede'],
  first_name: ['First', 'Given Name', 'Forename', 'FNAME', 'Prénom', 'Vorname'],
  last_name: [
    ...['Last', 'Surname', 'Family Name', 'LNAME'],
    ...['Nom', 'Nom de famille', 'Nachname', 'Familienname'],
  ],
  position: [
    ...['Job Title', 'Job', 'Organization Title', 'Organization 1 - Title'],
    ...['Poste', 'Fonction', 'Intitulé du poste', 'Funktion', 'Berufsbezeichnung'],
  ],
  locale: ['Language', 'Preferred Language', 'Langue', 'Sprache'],
  timezone: ['Fuseau horaire', 'Zeitzone'],
  stage: ['Lifecycle Stage'],
  owner: ['Contact Owner', 'Propriétaire'],
  company: COMPANY_NAMES,
  tags: ['Tag', 'Labels', 'Étiquettes', 'Mots-clés', 'Schlagwörter', 'Schlagworte'],
  last_active_at: [
    ...['Last Activity', 'Last Activity Date', 'Last Seen'],
    ...['Dernière activité', 'Letzte Aktivität'],
  ],
};

export const COMPANY_SYNONYMS: Synonyms = {
  ...ADDRESS,
  name: ['Company', ...COMPANY_NAMES],
  industry: ['Sector', 'Secteur', "Secteur d'activité", 'Branche'],
  employees: [
    ...['Number of Employees', 'Employee Count'],
    ...['Effectif', "Nombre d'employés", 'Mitarbeiter', 'Mitarbeiterzahl'],
  ],
  annual_revenue: ['Revenue', "Chiffre d'affaires", 'Umsatz', 'Jahresumsatz'],
};

/** Who an event is about is named as in a file of contacts. */
export const EVENT_SYNONYMS: Synonyms = {
  ...CONTACT_SYNONYMS,
  type: ['Event', 'Event Type', 'Event Name', 'Événement', 'Ereignis'],
  occurred_at: ['Timestamp', 'Event Date', 'Event Time', 'Occurred', 'Horodatage', 'Zeitpunkt'],
};
