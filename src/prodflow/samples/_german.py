"""All texts of prodflow in German, as a print lab says them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["GERMAN"]

_TEXTS: Final = {
    # Checks.
    "{few} and {count} more": "{few} und {count} weitere",
    "{name} must have 1 to {limit} characters, not {length}": (
        "{name} muss 1 bis {limit} Zeichen haben, nicht {length}"
    ),
    "{name} must be a str, not {value}": "{name} muss ein Text sein, nicht {value}",
    "{name} must not hold the character {character} at position {position}: no control, "
    "surrogate, bidirectional control or noncharacter is accepted": (
        "{name} darf das Zeichen {character} an Stelle {position} nicht enthalten: "
        "Steuerzeichen, einzelne Surrogate, Zeichen für die Schreibrichtung und Nichtzeichen "
        "sind nicht erlaubt"
    ),
    "{name} must not be blank": "{name} darf nicht leer sein",
    "{name} must have at most {limit} characters, not {length}": (
        "{name} darf höchstens {limit} Zeichen haben, nicht {length}"
    ),
    "{name} must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not {value}": (
        "{name} muss aus 1 bis 64 ASCII-Buchstaben, Ziffern, '_', '-' oder '.' bestehen, nicht "
        "{value}"
    ),
    "{name} must be a str such as '#2f6f4e', not {value}": (
        "{name} muss ein Text wie '#2f6f4e' sein, nicht {value}"
    ),
    "{name} must be '#' and six hexadecimal digits, such as '#2f6f4e', not {value}": (
        "{name} muss aus '#' und sechs hexadezimalen Ziffern bestehen, etwa '#2f6f4e', nicht "
        "{value}"
    ),
    "{name} must be a date without a time, not {value}": (
        "{name} muss ein Datum ohne Uhrzeit sein, nicht {value}"
    ),
    "{name} must be a datetime, not {value}": "{name} muss ein Zeitpunkt sein, nicht {value}",
    "{name} must be aware, for example in UTC, not {value}": (
        "{name} muss eine Zeitzone haben, zum Beispiel UTC, nicht {value}"
    ),
    "{name} must be True or False, not {value}": "{name} muss True oder False sein, nicht {value}",
    "{name} must be an int, not {value}": "{name} muss eine ganze Zahl sein, nicht {value}",
    "{name} must be from {low} to {high}, not {value}": (
        "{name} muss zwischen {low} und {high} liegen, nicht bei {value}"
    ),
    "{name} must be {among}, not {value}": "{name} muss {among} sein, nicht {value}",
    "{name} must hold at most {limit} names, not {count}": (
        "{name} darf höchstens {limit} Namen haben, nicht {count}"
    ),
    "{name} must have at most {limit} digits without an exponent, not {count}": (
        "{name} darf ohne Exponent höchstens {limit} Ziffern haben, nicht {count}"
    ),
    "{name} must have unique keys; used twice: {keys}": (
        "{name} muss lauter verschiedene Schlüssel haben; doppelt verwendet: {keys}"
    ),
    "an item of {name}": "ein Eintrag in {name}",
    "a policy can name its calendar, {calendar}, only in settings: give the calendar itself": (
        "nur in Einstellungen kann eine Fälligkeitsregel ihren Kalender, {calendar}, beim Namen "
        "nennen: den Kalender selbst angeben"
    ),
    "a key of {name}": "ein Schlüssel in {name}",
    # Lists.
    "{first}, {rest}": "{first}, {rest}",
    "{first} or {rest}": "{first} oder {rest}",
    "{first}; {rest}": "{first}; {rest}",
    # Pictures.
    "Off the path": "Außerhalb des Regelablaufs",
    "same day": "am selben Tag",
    "inactive": "inaktiv",
    "cancelled": "storniert",
    "on hold": "angehalten",
    "non-standard": "Sonderstatus",
    "outside the cycle": "außerhalb des Ablaufs",
    "initial": "Anfang",
    "final": "Ende",
    "{count} order": "{count} Auftrag",
    "{count} orders": "{count} Aufträge",
    "{count} day": "{count} Tag",
    "{count} days": "{count} Tage",
    "The path: {path}. Off the path: {off_path}.": (
        "Regelablauf: {path}. Außerhalb des Regelablaufs: {off_path}."
    ),
    "{count} status on the path": "{count} Status im Regelablauf",
    "{count} statuses on the path": "{count} Status im Regelablauf",
    "{count} off the path": "{count} außerhalb des Regelablaufs",
    "The path: {path}. Off the path: none.": (
        "Regelablauf: {path}. Außerhalb des Regelablaufs: keine."
    ),
    "{count} day in total": "insgesamt {count} Tag",
    "{count} days in total": "insgesamt {count} Tage",
    "Moves: none.": "Wechsel: keine.",
    "{count} forward": "{count} vorwärts",
    "{count} back": "{count} zurück",
    "{count} repeated": "{count} wiederholt",
    "{count} to or from a status off the path": (
        "{count} von oder zu einem Status außerhalb des Regelablaufs"
    ),
    "{count} move": "{count} Wechsel",
    "{count} moves": "{count} Wechsel",
    "{from_status} to {to_status}, {count}": "{from_status} nach {to_status}, {count}",
    "Moves: {moves}.": "Wechsel: {moves}.",
    "Statuses of {order_type}": "Status von {order_type}",
    "earliest to latest": "frühestens bis spätestens",
    "cannot be met": "nicht zu schaffen",
    "due": "fällig",
    "{facts}. {statuses}.": "{facts}. {statuses}.",
    "Status": "Status",
    "Earliest": "Frühestens",
    "Latest": "Spätestens",
    "late": "überfällig",
    "short": "zu knapp",
    "today {day}": "heute {day}",
    "earliest {day}": "frühestens {day}",
    "latest {day}": "spätestens {day}",
    "due {day}": "fällig {day}",
    "{count} day short": "{count} Tag zu wenig",
    "{count} days short": "{count} Tage zu wenig",
    "start by {day}": "Beginn bis {day}",
    "no delivery date": "kein Liefertermin",
    "{count} late": "{count} überfällig",
    "no date": "kein Datum",
    "{count} day of float": "{count} Tag Puffer",
    "{count} days of float": "{count} Tage Puffer",
    # Errors.
    "order {order_id} is at version {actual}, not {expected}: reload it and repeat the change": (
        "Auftrag {order_id} hat die Version {actual}, nicht {expected}: neu laden und die "
        "Änderung wiederholen"
    ),
    "order {order_id} isn't stored: save its opening first, or drop the change if it was erased": (
        "Auftrag {order_id} ist nicht gespeichert: zuerst seine Eröffnung speichern oder, wenn er "
        "gelöscht wurde, die Änderung verwerfen"
    ),
    "status {key} of {order_type} is inactive: choose an active one": (
        "Status {key} von {order_type} ist inaktiv: einen aktiven wählen"
    ),
    "order {order_id} is closed at {status} and has no next status: choose the status to reopen "
    "it in": (
        "Auftrag {order_id} ist mit {status} abgeschlossen und hat keinen nächsten Status: den "
        "Status wählen, in dem er wieder geöffnet wird"
    ),
    "order {order_id} is already at {status}: choose another status, or amend the order": (
        "Auftrag {order_id} hat schon den Status {status}: einen anderen Status wählen oder den "
        "Auftrag berichtigen"
    ),
    "order {order_id} is at {actual}, not {expected}: reload it and repeat the change": (
        "Auftrag {order_id} hat den Status {actual}, nicht {expected}: neu laden und die "
        "Änderung wiederholen"
    ),
    "the due date of {status} in {order_type} counts back from the delivery date, and there is "
    "none: give the order a delivery date": (
        "die Fälligkeit von {status} in {order_type} wird vom Liefertermin zurückgerechnet, und "
        "es gibt keinen: dem Auftrag einen Liefertermin geben"
    ),
    "the orders are of several types, {order_types}: change one type at a time": (
        "die Aufträge gehören zu verschiedenen Auftragsarten, {order_types}: eine Auftragsart "
        "nach der anderen ändern"
    ),
    "orders {refusals} cannot change, so none did: leave them out, or put this right first: "
    "{reasons}": (
        "die Aufträge {refusals} lassen sich nicht ändern, deshalb blieben alle unverändert: sie "
        "auslassen oder zuerst dies in Ordnung bringen: {reasons}"
    ),
    "order {order_id} needs {keys}, which version {version} of {order_type} does not have or no "
    "longer uses: choose an active status to replace each": (
        "Auftrag {order_id} braucht {keys}, aber Version {version} von {order_type} hat das "
        "nicht oder verwendet es nicht mehr: jeweils einen aktiven Status als Ersatz wählen"
    ),
    "open": "offen",
    "complete": "fertig",
    "order {order_id} has nothing to undo: its opening stays, so cancel it instead": (
        "bei Auftrag {order_id} gibt es nichts zurückzunehmen: die Eröffnung bleibt, also "
        "stattdessen stornieren"
    ),
    "order {order} is closed: only an open order can be split": (
        "Auftrag {order} ist abgeschlossen: nur ein offener Auftrag lässt sich teilen"
    ),
    "order {order} is off the path: bring it back, split it, then hold the part": (
        "Auftrag {order} ist außerhalb des Regelablaufs: zurückholen, teilen, dann das Teil "
        "anhalten"
    ),
    "order {order} has no quantity: amend it first, then split it": (
        "Auftrag {order} hat keine Menge: erst berichtigen, dann teilen"
    ),
    "order {order} can't be split into nothing: give at least one part": (
        "Auftrag {order} lässt sich nicht in nichts teilen: mindestens ein Teil angeben"
    ),
    "part {part} of order {order} must have a quantity of 1 or more": (
        "Teil {part} von Auftrag {order} muss eine Menge von mindestens 1 haben"
    ),
    "the id {part} would be used twice: give each part of order {order} a new id": (
        "die Nummer {part} käme zweimal vor: jedem Teil von Auftrag {order} eine neue Nummer geben"
    ),
    "the parts of order {order} must add up to less than its quantity": (
        "die Teile von Auftrag {order} müssen zusammen weniger als seine Menge ergeben"
    ),
    "no date lies {days} days from {day}: stay within the years 1 to 9999, and within the "
    "working days of the calendar": (
        "{days} Tage von {day} entfernt liegt kein Datum: innerhalb der Jahre 1 bis 9999 und der "
        "Arbeitstage des Kalenders bleiben"
    ),
    "there is no order {order_id}: check its id, or open it": (
        "Auftrag {order_id} gibt es nicht: die Nummer prüfen oder den Auftrag eröffnen"
    ),
    "the order ids {conflicts} are taken: open your orders under others": (
        "die Nummern {conflicts} sind vergeben: andere Nummern verwenden"
    ),
    "version {version} of cycle {order_type} exists already, with other statuses: load the "
    "newest version and repeat your edit": (
        "Version {version} des Ablaufs {order_type} gibt es schon mit anderem Inhalt: die "
        "neueste Version laden und die Bearbeitung wiederholen"
    ),
    "statuses {keys} of {order_type} take the place of deleted ones: add them as new statuses, "
    "or give them back the descriptions of the deleted ones": (
        "die Status {keys} von {order_type} stehen an der Stelle gelöschter Status: sie als neue "
        "Status anlegen oder ihnen die Bezeichnungen der gelöschten zurückgeben"
    ),
    "something else was saved under the id {command_id} of this change: reload the order and "
    "repeat the change": (
        "unter der Kennung {command_id} dieser Änderung wurde schon etwas anderes gespeichert: "
        "den Auftrag neu laden und die Änderung wiederholen"
    ),
    "cursor {cursor} is from before a restore, or from another database: read the feed from the "
    "start again": (
        "die Lesemarke {cursor} stammt aus der Zeit vor einer Wiederherstellung oder aus einer "
        "anderen Datenbank: die Einträge von vorn lesen"
    ),
    "cursor {cursor} is from the feed of another tenant: read it with a store of that tenant": (
        "die Lesemarke {cursor} stammt von einem anderen Mandanten: sie mit dessen Speicher "
        "verwenden"
    ),
    "cursor {cursor} is beyond the end of the feed: if the database was restored, call restored() "
    "and read the feed from the start again": (
        "die Lesemarke {cursor} liegt hinter dem letzten Eintrag: falls die Datenbank "
        "wiederhergestellt wurde, restored() aufrufen und die Einträge von vorn lesen"
    ),
    "row {key} of table {table} is damaged: restore it from a backup, or call rebuild() if it is "
    "the row of an order or of a fact": (
        "die Zeile {key} der Tabelle {table} ist beschädigt: sie aus einer Sicherung holen oder, "
        "falls es die eines Auftrags oder einer Angabe ist, rebuild() aufrufen"
    ),
    "the statuses of {order_type} do not form a cycle: {reasons}": (
        "die Status von {order_type} ergeben keinen Ablauf: {reasons}"
    ),
    "cycle {order_type} has no status {key}: choose one of {known}": (
        "der Ablauf {order_type} hat keinen Status {key}: einen von diesen wählen: {known}"
    ),
    "order {order_id} may not change: {reasons}": (
        "Auftrag {order_id} darf nicht geändert werden: {reasons}"
    ),
    "order {order_id} is {before} and would become {after}: choose a status that keeps it so, or "
    "leave the order out": (
        "Auftrag {order_id} ist {before} und wäre danach {after}: einen Status wählen, bei dem "
        "es so bleibt, oder den Auftrag auslassen"
    ),
    "invalid data: {reasons}": "ungültige Daten: {reasons}",
    "the statuses do not form a cycle: {reasons}": "die Status ergeben keinen Ablauf: {reasons}",
    "cycle {order_type} has no status {key}: choose one of its statuses": (
        "der Ablauf {order_type} hat keinen Status {key}: einen seiner Status wählen"
    ),
    "order {order_id} is closed, and leaving its status completes nothing: leave the completion "
    "date empty": (
        "Auftrag {order_id} ist abgeschlossen, und mit dem Verlassen seines Status wird nichts "
        "fertig: das Datum der Fertigstellung leer lassen"
    ),
    "{path} {reason}": "{path} {reason}",
    "must be a string, not {value}": "muss ein Text sein, nicht {value}",
    "must be a whole number, not {value}": "muss eine ganze Zahl sein, nicht {value}",
    "must be true or false, not {value}": "muss true oder false sein, nicht {value}",
    "must be a list, not {value}": "muss eine Liste sein, nicht {value}",
    "must be an object, not {value}": "muss ein Objekt sein, nicht {value}",
    "must be an object with string keys, not {value}": (
        "muss ein Objekt sein, dessen Schlüssel Texte sind, nicht {value}"
    ),
    "must be a string, a number, true, false or null, not {value}": (
        "muss ein Text, eine Zahl, true, false oder null sein, nicht {value}"
    ),
    "must be a string, a whole number, true, false, or an object with 'decimal' or 'date', not "
    "{value}": (
        "muss ein Text, eine ganze Zahl, true, false oder ein Objekt mit 'decimal' oder 'date' "
        "sein, nicht {value}"
    ),
    "must be null, as code can't be loaded, not {value}": (
        "muss null sein, denn Programmcode lässt sich nicht laden, nicht {value}"
    ),
    "must be {expected}, not {value}": "muss {expected} sein, nicht {value}",
    "must be one of {words}, not {value}": "muss eins von diesen sein: {words}, nicht {value}",
    "must look like {example}, not {value}": "muss aussehen wie {example}, nicht {value}",
    "must be the key of a status of the cycle, not {value}": (
        "muss der Schlüssel eines Status des Ablaufs sein, nicht {value}"
    ),
    "must have 1 to {limit} characters, not {length}": (
        "muss 1 bis {limit} Zeichen haben, nicht {length}"
    ),
    "must have at most {limit} characters, not {length}": (
        "darf höchstens {limit} Zeichen haben, nicht {length}"
    ),
    "must not be blank": "darf nicht leer sein",
    "must not hold the character {character} at position {position}: no control, surrogate, "
    "bidirectional control or noncharacter is accepted": (
        "darf das Zeichen {character} an Stelle {position} nicht enthalten: Steuerzeichen, "
        "einzelne Surrogate, Zeichen für die Schreibrichtung und Nichtzeichen sind nicht erlaubt"
    ),
    "must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not {value}": (
        "muss aus 1 bis 64 ASCII-Buchstaben, Ziffern, '_', '-' oder '.' bestehen, nicht {value}"
    ),
    "must be '#' and six hexadecimal digits, such as '#2f6f4e', not {value}": (
        "muss aus '#' und sechs hexadezimalen Ziffern bestehen, etwa '#2f6f4e', nicht {value}"
    ),
    "must be aware, for example in UTC, not {value}": (
        "muss eine Zeitzone haben, zum Beispiel UTC, nicht {value}"
    ),
    "must be from {low} to {high}, not {value}": (
        "muss zwischen {low} und {high} liegen, nicht bei {value}"
    ),
    "must hold at most {limit} names, not {count}": (
        "darf höchstens {limit} Namen haben, nicht {count}"
    ),
    "must have at most {limit} digits without an exponent, not {count}": (
        "darf ohne Exponent höchstens {limit} Ziffern haben, nicht {count}"
    ),
    "must have unique keys; used twice: {keys}": (
        "muss lauter verschiedene Schlüssel haben; doppelt verwendet: {keys}"
    ),
    "must name at least one": "muss mindestens einen Eintrag haben",
    "must be a time without a time zone, not {value}": (
        "muss eine Uhrzeit ohne Zeitzone sein, nicht {value}"
    ),
    "must be the name of a time zone, such as {example}, not {value}": (
        "muss der Name einer Zeitzone sein, etwa {example}, nicht {value}"
    ),
    "is missing": "fehlt",
    "has unknown fields: {names}": "hat unbekannte Felder: {names}",
    "has {count} more values to check: correct these problems first": (
        "hat {count} weitere ungeprüfte Werte: zuerst diese Fehler beheben"
    ),
    "must have at most {limit} bytes": "darf höchstens {limit} Bytes haben",
    "must be nested at most {limit} deep": "darf höchstens {limit} Ebenen tief verschachtelt sein",
    "must be JSON: see line {line}, character {column}": (
        "muss JSON sein: siehe Zeile {line}, Zeichen {column}"
    ),
    "must be JSON: a number is too long": "muss JSON sein: eine Zahl ist zu lang",
    "must not have a key twice in one object: {keys}": (
        "darf in einem Objekt keinen Schlüssel zweimal haben: {keys}"
    ),
    "must not hold {number}, which isn't a finite number": (
        "darf {number} nicht enthalten, denn das ist keine endliche Zahl"
    ),
    "{reasons}": "{reasons}",
    "there is no cycle {order_type}: check the order type, or set up its statuses": (
        "den Ablauf {order_type} gibt es nicht: die Auftragsart prüfen oder ihre Status anlegen"
    ),
    "version {version} of cycle {order_type} is missing: choose one that exists": (
        "Version {version} des Ablaufs {order_type} fehlt: eine vorhandene wählen"
    ),
    "cycle {order_type} is at version {actual} already: load it and edit that": (
        "der Ablauf {order_type} hat schon die Version {actual}: diese laden und bearbeiten"
    ),
    "order {order_id} cannot take the day {completed_on}: choose a date up to {latest}": (
        "für Auftrag {order_id} ist der {completed_on} nicht möglich: ein Datum bis {latest} wählen"
    ),
    "cycle {order_type} has no version yet, so none to replace: save yours as the first one": (
        "der Ablauf {order_type} hat noch keine Version, die ersetzt werden kann: die eigene als "
        "erste speichern"
    ),
    "order {order_id} cannot take the day {completed_on}: choose a date from {earliest} to "
    "{latest}": (
        "für Auftrag {order_id} ist der {completed_on} nicht möglich: ein Datum von {earliest} "
        "bis {latest} wählen"
    ),
    "order {order_id} entered its previous status on {earliest}, after {latest}: undo the change "
    "to its present status, and correct the previous one first": (
        "Auftrag {order_id} kam am {earliest} in seinen vorigen Status, also nach dem {latest}: "
        "den Wechsel in den jetzigen Status zurücknehmen und zuerst den vorigen berichtigen"
    ),
    "cycle {order_type} is at version {actual}, not {expected}: save version {expected} before "
    "you use it": (
        "der Ablauf {order_type} hat die Version {actual}, nicht {expected}: Version {expected} "
        "speichern, bevor sie verwendet wird"
    ),
    "cycle {order_type} is at version {actual}, not {expected}: load version {actual} and repeat "
    "your edit": (
        "der Ablauf {order_type} hat die Version {actual}, nicht {expected}: Version {actual} "
        "laden und die Bearbeitung wiederholen"
    ),
    # Databases.
    "nothing was saved, try again: {reason}": (
        "nichts wurde gespeichert, noch einmal versuchen: {reason}"
    ),
    "others were in the way": "andere haben gleichzeitig gespeichert",
    "the engine has only one connection, and somebody else is using it": (
        "es gibt nur eine Verbindung, und jemand anders benutzt sie gerade"
    ),
    "the connection was lost": "die Verbindung ging verloren",
    "anything else": "unbekannte Ursache",
    "the connection was lost during the commit: the call was done or was not: read what is "
    "stored before you repeat it: {reason}": (
        "die Verbindung ging beim Speichern verloren, und es ist ungewiss, ob der Aufruf "
        "ausgeführt wurde: vor einer Wiederholung lesen, was gespeichert ist: {reason}"
    ),
    "the connection was lost during the commit: save again with the same command id, "
    "{command_id}: {reason}": (
        "die Verbindung ging beim Speichern verloren: mit derselben Kennung {command_id} noch "
        "einmal speichern: {reason}"
    ),
    "the database has no tables of prodflow: check that this is the right database, "
    "or call create_schema()": (
        "die Datenbank hat keine Tabellen von prodflow: prüfen, ob es die richtige Datenbank ist, "
        "oder create_schema() aufrufen"
    ),
    "the tables have schema {actual}, not {expected}: call migrate()": (
        "die Tabellen haben das Schema {actual}, nicht {expected}: migrate() aufrufen"
    ),
    "the tables have schema {actual}, this release knows {expected}: upgrade prodflow-sqlalchemy": (
        "die Tabellen haben das Schema {actual}, diese Ausgabe kennt {expected}: "
        "prodflow-sqlalchemy aktualisieren"
    ),
    "nothing was changed, the database reports: {reason}": (
        "nichts wurde geändert, die Datenbank meldet: {reason}"
    ),
    # Tables.
    "yes": "ja",
    "no": "nein",
    "Sheet1": "Tabelle1",
    # Rules.
    "going to {status}": "der Wechsel nach {status}",
    "opening an order": "das Eröffnen eines Auftrags",
    "amending an order": "das Berichtigen eines Auftrags",
    "moving an order to another version of its statuses": (
        "die Umstellung eines Auftrags auf eine andere Version seiner Status"
    ),
    "undoing a change": "das Zurücknehmen einer Änderung",
    "splitting an order": "das Teilen eines Auftrags",
    "ordering a reprint": "das Bestellen eines Nachdrucks",
    "{change} needs one of the roles {roles}: ask somebody who has it": (
        "{change} verlangt eine dieser Rollen: {roles}; jemanden fragen, der sie hat"
    ),
    "an order at {source} may not go to {status}: choose one of {among}": (
        "ein Auftrag darf nicht von {source} nach {status} wechseln: einen von diesen wählen: "
        "{among}"
    ),
    "an order at {source} may not go to {status}: it has to stay": (
        "ein Auftrag darf nicht von {source} nach {status} wechseln: er muss dort bleiben"
    ),
    "the statuses that may follow include {key}, which no cycle has: choose another one": (
        "unter den Status, die folgen dürfen, ist {key}, und den hat kein Ablauf: einen anderen "
        "wählen"
    ),
    "a permission is for the status {key}, which no cycle has: choose another one": (
        "eine Berechtigung gilt für den Status {key}, den kein Ablauf hat: einen anderen wählen"
    ),
    "no status may follow {status}: name one that is in use": (
        "auf {status} darf kein Status folgen: einen verwendeten nennen"
    ),
    "{move} needs a reason, and none in use is for it: add one": (
        "{move} verlangt einen Grund, und keiner der verwendeten passt dazu: einen hinzufügen"
    ),
    "going to the next status": "der Wechsel zum nächsten Status",
    "skipping statuses": "das Überspringen von Status",
    "going back": "der Schritt zurück",
    "leaving the usual sequence": "das Verlassen des Regelablaufs",
    "returning to the usual sequence": "die Rückkehr in den Regelablauf",
    "reopening an order": "das Wiederöffnen eines Auftrags",
    "the reason {reason} is not for this change: choose one of {among}": (
        "der Grund {reason} passt nicht zu dieser Änderung: einen von diesen wählen: {among}"
    ),
    "the reason {reason} is not for this change: leave it out": (
        "der Grund {reason} passt nicht zu dieser Änderung: weglassen"
    ),
    "the reason {reason} is not in use: choose one of {among}": (
        "der Grund {reason} wird nicht verwendet: einen von diesen wählen: {among}"
    ),
    "the reason {reason} is not in use: leave it out": (
        "der Grund {reason} wird nicht verwendet: weglassen"
    ),
    "{move} needs a reason: pick one": "{move} verlangt einen Grund: einen auswählen",
    "statuses may not be skipped: go through {skipped} before {status}": (
        "kein Status darf übersprungen werden: vor {status} kommt noch {skipped}"
    ),
    "going to {status} would be a step back, which is refused: choose a later status": (
        "der Wechsel nach {status} wäre ein Schritt zurück, und der ist nicht erlaubt: einen "
        "späteren Status wählen"
    ),
    "going to {status} would reopen a finished order: open a new order": (
        "der Wechsel nach {status} würde einen abgeschlossenen Auftrag wieder öffnen: einen neuen "
        "Auftrag eröffnen"
    ),
    "{move} needs a note: say why": "{move} verlangt eine Notiz: den Grund nennen",
    # Reports.
    "Stage": "Arbeitsschritt",
    "Orders on the Board": "Aufträge auf der Tafel",
    "Orders by Column": "Aufträge nach Spalten",
    "Column": "Spalte",
    "Opening to first completion": "Eröffnung bis zur ersten Fertigstellung",
    "Opening to first completion, without holds": (
        "Eröffnung bis zur ersten Fertigstellung, ohne angehaltene Tage"
    ),
    "Opening to last completion": "Eröffnung bis zur letzten Fertigstellung",
    "Opening to last completion, without holds": (
        "Eröffnung bis zur letzten Fertigstellung, ohne angehaltene Tage"
    ),
    "calendar": "Kalendertage",
    "working": "Arbeitstage",
    "Cycle Time": "Durchlaufzeit",
    "Cycle Time by Order": "Durchlaufzeit nach Auftrag",
    "Measured": "Messung",
    "Days": "Tage",
    "Completed orders: {count}.": "Fertige Aufträge: {count}.",
    "Other orders, not counted: {count}.": "Andere Aufträge, nicht gezählt: {count}.",
    "Began": "Begonnen",
    "First Completed": "Zuerst fertig",
    "Last Completed": "Zuletzt fertig",
    "Completions": "Fertigstellungen",
    "Days to First": "Tage bis zur ersten",
    "Hold Days to First": "Davon angehalten bis zur ersten",
    "Days to Last": "Tage bis zur letzten",
    "Hold Days to Last": "Davon angehalten bis zur letzten",
    "never due": "nie fällig",
    "too few visits": "zu wenige Durchgänge",
    "Suggested Durations: {order_type}": "Vorgeschlagene Dauern: {order_type}",
    "Suggestions cover {percent} % of the visits. Open visits count as at least so long.": (
        "Die Vorschläge decken {percent} % der Durchgänge ab. Offene zählen als mindestens so lang."
    ),
    # Forecasts.
    "50 of 100 promised": "50 von 100 zugesagt",
    "80 of 100 promised": "80 von 100 zugesagt",
    "95 of 100 promised": "95 von 100 zugesagt",
    "80 of 100": "80 von 100",
    "80 of 100 Done By": "80 von 100 fertig bis",
    "95 of 100 Done By": "95 von 100 fertig bis",
    "Half Done By": "Die Hälfte fertig bis",
    "80 of 100 done": "80 von 100 fertig",
    "95 of 100 done": "95 von 100 fertig",
    "half of them done": "die Hälfte fertig",
    "80 of 100 done by {day}": "80 von 100 fertig bis {day}",
    "95 of 100 done by {day}": "95 von 100 fertig bis {day}",
    "half done by {day}": "die Hälfte fertig bis {day}",
    (
        "A promise is the day by which 50, 80 or 95 of 100 comparable orders were done in the"
        " past. Forecasts keep their word if about as many of 100 orders are done by that "
        "day."
    ): (
        "Zugesagt ist der Tag, bis zu dem früher 50, 80 oder 95 von 100 vergleichbaren "
        "Aufträgen fertig waren. Eine Vorhersage hält Wort, wenn bis dahin etwa ebenso viele "
        "von 100 Aufträgen fertig sind."
    ),
    (
        "The error says by how many days the day for 50 of 100 was off, on average. The last "
        "column has the error of a simple guess: the mean of finished orders in the same status."
    ): (
        "Die Abweichung sagt, um wie viele Tage der Tag für 50 von 100 im Mittel danebenlag. Die "
        "letzte Spalte nennt die einer einfachen Schätzung: des Mittelwerts fertiger Aufträge im "
        "selben Status."
    ),
    "The forecasts of each day use only what was known on that day.": (
        "Jede Vorhersage stützt sich nur auf das, was an ihrem Tag bekannt war."
    ),
    "All": "Alle",
    "Cancelled (%)": "Storniert (%)",
    "Chance (%)": "Chance (%)",
    "Compared": "Verglichen",
    (
        "Each order is compared with past orders that were in the same status for as long, and "
        "about as old."
    ): (
        "Jeder Auftrag wird mit früheren Aufträgen verglichen, die ebenso lange im selben Status "
        "und etwa so alt waren."
    ),
    "Error (Days)": "Abweichung (Tage)",
    "Error of a Mean (Days)": "Abweichung des Mittelwerts (Tage)",
    "Forecasts": "Vorhersagen",
    "Forecasts: {count}.": "Vorhersagen: {count}.",
    "Kept (%), 50 Promised": "Gehalten (%), 50 zugesagt",
    "Kept (%), 80 Promised": "Gehalten (%), 80 zugesagt",
    "Kept (%), 95 Promised": "Gehalten (%), 95 zugesagt",
    "No Forecast": "Keine Vorhersage",
    "Open Orders": "Offene Aufträge",
    "Open Visits": "Offene Durchgänge",
    "Order": "Auftrag",
    "Promised and Kept": "Zugesagt und gehalten",
    "Still Open": "Noch offen",
    "The days and chances are for orders that aren't cancelled.": (
        "Die Tage und Chancen gelten für Aufträge, die nicht storniert werden."
    ),
    "There is no forecast to judge.": "Es gibt keine Vorhersage, die man beurteilen könnte.",
    (
        "These orders seem to be selected by their end: many were opened long before the "
        "first one was closed. So there are too many slow orders at first, and the "
        "forecasts mislead."
    ): (
        "Diese Aufträge sind anscheinend nach ihrem Ende ausgewählt: Viele wurden lange vor "
        "dem ersten Abschluss eröffnet. Daher gibt es am Anfang zu viele langsame Aufträge, "
        "und die Vorhersagen führen in die Irre."
    ),
    "What We Can Promise": "Was wir zusagen können",
    "chance {percent} %": "Chance {percent} %",
    "clearly fewer done": "deutlich weniger fertig",
    "closed": "abgeschlossen",
    "promise kept": "Zusage gehalten",
    "promised": "zugesagt",
    "too few orders": "zu wenige Aufträge",
    "too many open": "zu viele offen",
    "{facts} {lines}.": "{facts} {lines}.",
    "{facts} {orders}.": "{facts} {orders}.",
    "{kept} of {promised} kept": "{kept} von {promised} gehalten",
    "{percent}": "{percent}",
    # Durations.
    "Default Duration": "Standarddauer",
    "Suggested": "Vorschlag",
    "Low": "Untergrenze",
    "High": "Obergrenze",
    "Visits": "Durchgänge",
    "Covered (%)": "Abgedeckt (%)",
    "Recent Visits": "Neueste Durchgänge",
    "Recent Covered (%)": "Davon abgedeckt (%)",
    "No Suggestion": "Kein Vorschlag",
    "Part": "Teil",
    "Reprint": "Nachdruck",
    "Families of Orders": "Auftragsfamilien",
    "Families: {families}. Orders: {orders}. Quantity: {quantity}.": (
        "Familien: {families}. Aufträge: {orders}. Menge: {quantity}."
    ),
    "Family": "Familie",
    "As": "Als",
    "Of": "Von Auftrag",
    "Due": "Fällig",
    "Longest": "Längster",
    "Total": "Summe",
    "Mean": "Mittelwert",
    "Median": "Median",
    "80% Within": "80 % innerhalb von",
    "Yes": "Ja",
    "No": "Nein",
    "{day}": "{day}",
    "Late under These Durations": "Mit diesen Dauern überfällig",
    "Late as Recorded": "Tatsächlich überfällig",
    "Orders late at least once: {late} of {count}.": (
        "Mindestens einmal überfällige Aufträge: {late} von {count}."
    ),
    "Late by the due dates that they really had: {late}.": (
        "Überfällig nach ihren tatsächlichen Terminen: {late}."
    ),
    "Duration": "Dauer",
    "Late": "Überfällig",
    "Orders Due by {day}": "Fällige Aufträge bis {day}",
    "Overdue Orders": "Überfällige Aufträge",
    "Orders Past Delivery": "Aufträge mit überschrittenem Liefertermin",
    "Orders at Risk": "Gefährdete Aufträge",
    "{title}: {name}": "{title}: {name}",
    "{order_id}: {status} ({order_type})": "{order_id}: {status} ({order_type})",
    "delivery {day}": "Lieferung {day}",
    "expected {day}": "erwartet {day}",
    "{count} day late": "{count} Tag zu spät",
    "{count} days late": "{count} Tage zu spät",
    "Digest": "Übersicht",
    "For": "Für",
    "List": "Liste",
    "Delivered on Time": "Pünktlich geliefert",
    "Mean Days Late": "Tage zu spät im Mittel",
    "Counts only complete orders with a delivery date.": (
        "Zählt nur abgeschlossene Aufträge mit Liefertermin."
    ),
    "The mean is of the orders that were late.": ("Das Mittel ist das der verspäteten Aufträge."),
    "Orders beyond the Calendar": "Aufträge jenseits des Kalenders",
    "Last Date": "Letztes Datum",
    "Holidays Known Through": "Feiertage bekannt bis",
    "{count} open order has a date for which no holidays are known.": (
        "{count} offener Auftrag hat ein Datum, für das keine Feiertage bekannt sind."
    ),
    "{count} open orders have a date for which no holidays are known.": (
        "{count} offene Aufträge haben ein Datum, für das keine Feiertage bekannt sind."
    ),
    "Expected": "Erwartet",
    "Days to Spare": "Tage Luft",
    "At Risk": "Gefährdet",
    "Days Late": "Tage zu spät",
    "Rework": "Nacharbeit",
    "Moves between Statuses": "Wechsel zwischen den Status",
    "From": "Von",
    "To": "Nach",
    "Moves": "Wechsel",
    "All moves: {count}.": "Alle Wechsel: {count}.",
    "Repeat Visits": "Wiederholungen",
    "Orders with Repeats": "Aufträge mit Wiederholungen",
    "Opened": "Eröffnet",
    "Moved on": "Weitergegeben",
    "priority {value}": "Priorität {value}",
    "quantity {value}": "Menge {value}",
    "Amended": "Berichtigt",
    "nothing": "nichts",
    "paused visit": "unterbrochener Durchgang",
    "Moved ahead": "Vorgezogen",
    "Moved back": "Zurückgegeben",
    "Moved aside": "Aus dem Regelablauf genommen",
    "Reopened": "Wieder geöffnet",
    "order date {value}": "Auftragsdatum {value}",
    "delivery date {value}": "Liefertermin {value}",
    "start of the plan {value}": "Planbeginn {value}",
    "first day in the status {value}": "erster Tag im Status {value}",
    "vendor {value}": "Lieferant {value}",
    "invoice {value}": "Rechnung {value}",
    "days held {value}": "angehaltene Tage {value}",
    "due date {value}": "Fälligkeit {value}",
    "calculated due date {value}": "berechnete Fälligkeit {value}",
    "department {value}": "Abteilung {value}",
    "user {value}": "Benutzer {value}",
    "no vendor": "kein Lieferant",
    "no invoice": "keine Rechnung",
    "no quantity": "keine Menge",
    "no due date": "keine Fälligkeit",
    "no calculated due date": "keine berechnete Fälligkeit",
    "no department": "keine Abteilung",
    "no user": "kein Benutzer",
    "{event}: {details}": "{event}: {details}",
    "Opened as a part of {order_id}": "Eröffnet als Teil von {order_id}",
    "Opened as a reprint of {order_id}": "Eröffnet als Nachdruck von {order_id}",
    "Came back": "Zurückgekehrt",
    "Cancelled": "Storniert",
    "Put on hold": "Angehalten",
    "No.": "Nr.",
    "Event": "Ereignis",
    "Completed On": "Fertig am",
    "By": "Durch",
    "Recorded By": "Erfasst von",
    "At": "Zeitpunkt",
    "Reason": "Grund",
    "Note": "Notiz",
    "Undone By": "Zurückgenommen von",
    "Status Notes: {order_id}": "Statusnotizen: {order_id}",
    "Moved to version {version}": "Auf Version {version} umgestellt",
    "Split: {parts}; {quantity} stay": "Geteilt: {parts}; {quantity} bleiben",
    "Undid entry {number}": "Eintrag {number} zurückgenommen",
    "no {name}": "{name} entfernt",
    "{name} {value}": "{name} {value}",
    "{event}, skipping {statuses}": "{event}, übersprungen: {statuses}",
    "due date set by hand": "Fälligkeit von Hand gesetzt",
    "due date as calculated": "Fälligkeit wie berechnet",
    "Entries: {count}. Undone: {undone}.": "Einträge: {count}. Zurückgenommen: {undone}.",
    "{quantity} as {order_id}": "{quantity} als {order_id}",
    "{at}": "{at}",
    "(none)": "(ohne)",
    "{order_id}: {status} is due": "{order_id}: {status} ist fällig",
    "Expected orders": "Erwartete Aufträge",
    "{order_id} is expected to be ready": "{order_id} ist voraussichtlich fertig",
    "Department: {name}": "Abteilung: {name}",
    "User: {name}": "Benutzer: {name}",
    "Vendor: {name}": "Lieferant: {name}",
    "Invoice: {name}": "Rechnung: {name}",
    "Delivery: {name}": "Lieferung: {name}",
    "Department": "Abteilung",
    "Due Soon": "Bald fällig",
    "Number": "Nummer",
    "Orders": "Aufträge",
    "Overdue": "Überfällig",
    "Quantity": "Menge",
    "Type": "Auftragsart",
    "User": "Benutzer",
    "Vendor": "Lieferant",
    "Ordered": "Bestellt",
    "Delivery": "Lieferung",
    "Invoice": "Rechnung",
    "As of {today}: {count} order.": "Stand {today}: {count} Auftrag.",
    "As of {today}: {count} orders.": "Stand {today}: {count} Aufträge.",
    "As of {today}: {count} open order.": "Stand {today}: {count} offener Auftrag.",
    "As of {today}: {count} open orders.": "Stand {today}: {count} offene Aufträge.",
    "Priority": "Priorität",
    "Chargeable": "Kostenpflichtig",
    "Times": "Anzahl",
    "Days Lost": "Verlorene Tage",
    "As of {today}. Reasons given: {count}. Working days lost: {days}.": (
        "Stand {today}. Angegebene Gründe: {count}. Verlorene Arbeitstage: {days}."
    ),
    "Reasons": "Gründe",
    "Totals of Reasons": "Summe der Gründe",
    "{order_type}: {status}": "{order_type}: {status}",
    "Order Status Report": "Auftragsübersicht",
    "Orders by Status": "Aufträge nach Status",
    "Client": "Kunde",
    "Amount": "Betrag",
    "Total amount: {amount}. Orders with an amount: {count}.": (
        "Gesamtbetrag: {amount}. Aufträge mit Betrag: {count}."
    ),
    "Description": "Bezeichnung",
    "Initial": "Anfang",
    "Final": "Ende",
    "Association": "Arbeitsschritt",
    "Default Department": "Standardabteilung",
    "Default User": "Standardbenutzer",
    "Non-Standard": "Sonderstatus",
    "Inactive": "Inaktiv",
    "Public Description": "Bezeichnung für Kunden",
    "Production Statuses: {order_type}": "Produktionsstatus: {order_type}",
    "Production Order Types": "Auftragsarten",
    "Statuses counts active ones; Days adds up the default durations of the path.": (
        "Gezählt sind die aktiven Status; die Tage sind die Summe der Standarddauern im "
        "Regelablauf."
    ),
    "Inactive statuses hidden: {count}.": "Ausgeblendete inaktive Status: {count}.",
    "Order Type": "Auftragsart",
    "Version": "Version",
    "Statuses": "Anzahl Status",
    "Calendar Days in Status": "Kalendertage im Status",
    "Working Days in Status": "Arbeitstage im Status",
    "Days count only the visits that have ended, without the days paused.": (
        "Die Tage zählen nur beendete Durchgänge, ohne die unterbrochenen Tage."
    ),
    "Visits on Time": "Pünktliche Durchgänge",
    "Resumed": "Fortgesetzt",
    "Ongoing": "Laufend",
    "Time by User": "Zeit nach Benutzer",
    "Mean Days": "Tage im Mittel",
    "Working Days": "Arbeitstage",
    "Mean Working Days": "Arbeitstage im Mittel",
    "Hours": "Stunden",
    "Hours in Status": "Stunden im Status",
    "Mean Hours": "Stunden im Mittel",
    "Hours are counted from the recording of the first change to the last.": (
        "Die Stunden zählen von der Erfassung der ersten Änderung bis zu der der letzten."
    ),
    "Activity": "Aktivität",
    "Day": "Tag",
    "Week From": "Woche ab",
    "Advanced": "Vorgerückt",
    "Completed": "Fertiggestellt",
    "Paused": "Unterbrochen",
    "On Time": "Pünktlich",
    "Rate (%)": "Anteil (%)",
    "Counts only visits that have ended and had a due date.": (
        "Zählt nur beendete Durchgänge, die eine Fälligkeit hatten."
    ),
    "Done": "Erledigt",
    "Now": "Jetzt",
    "To come": "Kommt noch",
    "Due dates and rules": "Termine und Regeln",
    "Save": "Speichern",
    "Show the fields": "Felder anzeigen",
    "OK": "OK",
    "Recalculate": "Neu berechnen",
    "Go on without the refused orders": "Ohne die abgelehnten Aufträge weiter",
    "Now: {step}.": "Jetzt: {step}.",
    "Expected on: {day}.": "Voraussichtlich fertig am: {day}.",
    "Completed on: {day}.": "Fertig am: {day}.",
    "Order {order_id}": "Auftrag {order_id}",
    "Step": "Schritt",
    "State": "Stand",
    "Reached": "Erreicht",
    "Planned Load by Department": "Geplante Last nach Abteilung",
    "Week of {day}": "Woche vom {day}",
    "From {first} to {last}.": "Von {first} bis {last}.",
    "From {first} to {last}": "Von {first} bis {last}",
    "no work": "keine Arbeit",
    "{facts}. {departments}.": "{facts}. {departments}.",
    "{day}: {amount}": "{day}: {amount}",
    "up to {amount}": "bis {amount}",
    "{amount} in all": "{amount} insgesamt",
    "most: {amount} ({day})": "am meisten: {amount} ({day})",
    "Plan of Order {order_id}": "Plan von Auftrag {order_id}",
    "Until": "Bis",
    "Left": "Verlassen",
    "As of {today}: {facts}.": "Stand {today}: {facts}.",
    "expected on {day}": "voraussichtlich fertig am {day}",
    "completed on {day}": "fertig am {day}",
    "cancelled on {day}": "storniert am {day}",
    "delivery on {day}": "Lieferung am {day}",
    "{count} working day late": "{count} Arbeitstag zu spät",
    "{count} working days late": "{count} Arbeitstage zu spät",
    "{count} working day to spare": "{count} Arbeitstag Luft",
    "{count} working days to spare": "{count} Arbeitstage Luft",
    "provisional": "vorläufig",
    "done": "erledigt",
    "left": "verlassen",
    "paused": "pausiert",
    "now": "jetzt",
    "to come": "kommend",
    "so far": "bisher",
    "was late": "war zu spät",
    "expected end": "erwartetes Ende",
    "delivery date": "Liefertermin",
    "from {day}": "von {day}",
    "until {day}": "bis {day}",
    "Workload by Department": "Arbeitslast nach Abteilung",
    "Workload by User": "Arbeitslast nach Benutzer",
    "Open": "Offen",
    "Workload": "Arbeitslast",
    # Invoices.
    "it has no order type: choose one": "die Auftragsart fehlt: eine wählen",
    "its order type has no status cycle: set one up": (
        "die Auftragsart hat keinen Ablauf: einen anlegen"
    ),
    "it has no vendor: choose one": "der Lieferant fehlt: einen wählen",
    "there is already an order for its vendor and order type": (
        "für Lieferant und Auftragsart gibt es schon einen Auftrag"
    ),
    "line {line} is in no new order: {reasons}": (
        "Zeile {line} ist in keinem neuen Auftrag: {reasons}"
    ),
    # Settings.
    "no cycle has the order type {key}: correct it, or add the cycle": (
        "kein Ablauf hat die Auftragsart {key}: berichtigen oder den Ablauf anlegen"
    ),
    "no cycle has the status {key}: correct it, or add the status": (
        "kein Ablauf hat den Status {key}: berichtigen oder den Status anlegen"
    ),
    "this is code, which can't be saved: leave it out": (
        "das ist Programmcode und lässt sich nicht speichern: weglassen"
    ),
    "a name in {name} must be a text, not {value}": (
        "ein Name in {name} muss ein Text sein, nicht {value}"
    ),
    "there is no calendar {name}: add it, or choose another one": (
        "den Kalender {name} gibt es nicht: anlegen oder einen anderen wählen"
    ),
    "there is no field {name} here: leave it out": "ein Feld {name} gibt es hier nicht: weglassen",
    "a calendar needs at least one working day: choose one": (
        "ein Kalender braucht mindestens einen Arbeitstag: einen wählen"
    ),
    "moves are of status changes, and verbs are the other changes: use two permissions": (
        "Wechsel und andere Änderungen gehören in verschiedene Berechtigungen: zwei anlegen"
    ),
    "two reasons have the key {key}: change one of them": (
        "zwei Gründe haben den Schlüssel {key}: einen davon ändern"
    ),
    "{name} must look like {example}, not {value}": (
        "{name} muss aussehen wie {example}, nicht {value}"
    ),
    "{name} must be a list, not {value}": "{name} muss eine Liste sein, nicht {value}",
    "{name} must name at least one": "{name} muss mindestens einen Eintrag haben",
    "{name} must be a mapping, not {value}": (
        "{name} muss aus Feldern mit Namen bestehen, nicht aus {value}"
    ),
    "{name} can't be read: give another value": (
        "{name} ist nicht lesbar: einen anderen Wert angeben"
    ),
    "{name} is missing: fill it in": "{name} fehlt: ausfüllen",
    "Settings": "Einstellungen",
    "Action": "Aktion",
    "Steps back are allowed": "Schritte zurück sind erlaubt",
    "Finished orders can be reopened": "Abgeschlossene Aufträge können wieder geöffnet werden",
    "Statuses can be skipped": "Status können übersprungen werden",
    "Settings of an order type": "Einstellungen einer Auftragsart",
    "Calendar": "Kalender",
    "Calendars": "Kalender",
    "Channels": "Kanäle",
    "Charged to the client": "Wird dem Kunden berechnet",
    "Condition": "Bedingung",
    "Cut-off": "Annahmeschluss",
    "Policy without a vendor": "Fälligkeitsregel ohne Lieferant",
    "Due dates": "Fälligkeiten",
    "Durations": "Dauern",
    "Switched on": "Eingeschaltet",
    "Extra working days": "Zusätzliche Arbeitstage",
    "Facts": "Angaben",
    "Holidays": "Feiertage",
    "Key": "Schlüssel",
    "Kind": "Art",
    "Holidays known through": "Feiertage bekannt bis",
    "Marketing": "Werbung",
    "Name": "Name",
    "Moves that need a note": "Wechsel, die eine Notiz brauchen",
    "Once per order": "Einmal je Auftrag",
    "Order type": "Auftragsart",
    "Order types": "Auftragsarten",
    "Data": "Daten",
    "Permissions": "Berechtigungen",
    "Moves that need a reason": "Wechsel, die einen Grund brauchen",
    "Roles": "Rollen",
    "Rules": "Regeln",
    "Forward from the order date": "Vorwärts ab dem Auftragsdatum",
    "Backward from the delivery date": "Rückwärts ab dem Liefertermin",
    "From the day on which each status begins": "Ab dem Tag, an dem ein Status beginnt",
    "Another way: {name}": "Auf andere Weise: {name}",
    "As for all order types": "Wie bei allen Auftragsarten",
    "Different rules for this order type": "Abweichende Regeln für diese Auftragsart",
    "Monday to Friday": "Montag bis Freitag",
    "Every day": "Jeden Tag",
    "A calendar without a name": "Ein Kalender ohne Namen",
    "No due dates": "Keine Fälligkeiten",
    "A delivery date must be given": "Ein Liefertermin ist Pflicht",
    "New reason": "Neuer Grund",
    "Holds postpone due dates": "Angehaltene Tage verschieben die Fälligkeit",
    "Statuses that may follow": "Status, die folgen dürfen",
    "Triggers": "Auslöser",
    "Vendors": "Lieferanten",
    "Changes": "Änderungen",
    "Without a delivery date": "Ohne Liefertermin",
    "Working weekdays": "Arbeitstage der Woche",
    "Time zone": "Zeitzone",
    "{name} must be a time without a time zone, not {value}": (
        "{name} muss eine Uhrzeit ohne Zeitzone sein, nicht {value}"
    ),
    "{name} must be the name of a time zone, such as {example}, not {value}": (
        "{name} muss der Name einer Zeitzone sein, etwa {example}, nicht {value}"
    ),
    "version {version} of the settings is missing: choose one that exists": (
        "Version {version} der Einstellungen fehlt: eine vorhandene wählen"
    ),
    "there are no settings yet: set them up first": (
        "es gibt noch keine Einstellungen: zuerst welche anlegen"
    ),
    "the settings are at version {actual} already: load them and edit those": (
        "die Einstellungen haben schon Version {actual}: diese laden und bearbeiten"
    ),
    "there are no settings yet, so none to replace: save yours as the first ones": (
        "es gibt noch keine Einstellungen, die ersetzt werden können: die eigenen als erste "
        "speichern"
    ),
    "the settings are at version {actual}, not {expected}: load version {actual} and repeat "
    "your edit": (
        "die Einstellungen haben Version {actual}, nicht {expected}: Version {actual} laden "
        "und die Bearbeitung wiederholen"
    ),
    # Forms.
    "'{description}'": "'{description}'",
    "An order completes a status": "Ein Auftrag wird in einem Status fertig",
    "An order enters a status": "Ein Auftrag kommt in einen Status",
    "An order is opened": "Ein Auftrag wird eröffnet",
    "An order leaves a status": "Ein Auftrag verlässt einen Status",
    "Another action": "Eine andere Aktion",
    "Aside, such as to a hold": "Aus dem Regelablauf, etwa angehalten",
    "Automatic": "Automatisch",
    "Back from aside": "Zurück in den Regelablauf",
    "Back to an earlier status": "Zurück zu einem früheren Status",
    "Call": "Anruf",
    "Change To Status": "Neuer Status",
    "Colour": "Farbe",
    "Create a task": "Eine Aufgabe anlegen",
    "Current Status": "Jetziger Status",
    "Current Status Not Complete": "Jetziger Status nicht fertig",
    "Date Completed": "Fertig am",
    "Any open status": "Jeder offene Status",
    "Any standard status": "Jeder Status des üblichen Ablaufs",
    "Any status": "Jeder Status",
    "Condition, in JSON": "Bedingung, als JSON",
    "Delete": "Löschen",
    "Delete {name}": "{name} löschen",
    "Down": "Nach unten",
    "Move {name} down": "{name} nach unten",
    "Move {name} up": "{name} nach oben",
    "New status": "Neuer Status",
    "New trigger": "Neuer Auslöser",
    "None of them": "Keine davon",
    "Only these departments, one on each line": "Nur diese Abteilungen, eine je Zeile",
    "Only these facts, one on each line, such as client = Lee": (
        "Nur diese Merkmale, eines je Zeile, etwa client = Lee"
    ),
    "Only these order types": "Nur diese Auftragsarten",
    "Only these users, one on each line": "Nur diese Benutzer, einer je Zeile",
    "Only these vendors, one on each line": "Nur diese Lieferanten, einer je Zeile",
    "Orders without a department": "Aufträge ohne Abteilung",
    "Orders without a user": "Aufträge ohne Benutzer",
    "Orders without a vendor": "Aufträge ohne Lieferant",
    "Up": "Nach oben",
    "choose": "wählen",
    "Days after entering a status": "Tage nach Beginn eines Status",
    "Days before or after the delivery date": "Tage vor oder nach dem Liefertermin",
    "Days before or after the due date": "Tage vor oder nach der Fälligkeit",
    "Default department": "Standardabteilung",
    "Default duration": "Standarddauer",
    "Default user": "Standardbenutzer",
    "Due Date": "Fällig am",
    "Due after days": "Fällig nach Tagen",
    "E-mail": "E-Mail",
    "Letter": "Brief",
    "Message": "Nachricht",
    "New Status Assigned to Dept": "Neuer Status für Abteilung",
    "New Status Assigned to User": "Neuer Status für Benutzer",
    "Non-standard": "Sonderstatus",
    "Only while in the status": "Nur solange im Status",
    "Pauses": "Unterbricht",
    "Public description": "Bezeichnung für Kunden",
    "Recipient": "Empfänger",
    "SMS": "SMS",
    "Send a message": "Eine Nachricht senden",
    "Status Updated By": "Status geändert von",
    "Task": "Aufgabe",
    "To a later status": "Zu einem späteren Status",
    "To the next status": "Zum nächsten Status",
    "Web form": "Webformular",
    "When": "Wann",
    "Workflow stage": "Arbeitsschritt",
    "Working days": "Arbeitstage",
    "a status that isn't complete has no completion date: empty the date, or untick the box": (
        "ein Status, der nicht fertig ist, hat kein Datum der Fertigstellung: das Datum leeren "
        "oder den Haken entfernen"
    ),
    "choose a status": "einen Status wählen",
    "final {final} must come after initial {initial}: move it": (
        "der Endstatus {final} muss nach dem Anfangsstatus {initial} kommen: verschieben"
    ),
    "line {line}": "Zeile {line}",
    "line {line} must be a Status or a mapping, not {value}": (
        "Zeile {line} muss ein Status sein oder aus Feldern bestehen, nicht aus {value}"
    ),
    "no reason": "kein Grund",
    "one status must be final: mark it": "ein Status muss der Endstatus sein: markieren",
    "one status must be initial: mark it": "ein Status muss der Anfangsstatus sein: markieren",
    "only one status can be final: choose one of {names}": (
        "nur ein Status kann der Endstatus sein: einen von {names} wählen"
    ),
    "only one status can be initial: choose one of {names}": (
        "nur ein Status kann der Anfangsstatus sein: einen von {names} wählen"
    ),
    "only statuses between the initial and the final one are on the path: move {names} there, or "
    "mark as non-standard": (
        "zum Regelablauf gehören nur die Status zwischen Anfang und Ende: {names} dorthin "
        "verschieben oder als Sonderstatus markieren"
    ),
    "order {order_id} has changed since you saw it: {by} changed it at {at}": (
        "Auftrag {order_id} hat sich inzwischen geändert, durch {by}, {at}"
    ),
    "order {order_id} has changed since you saw it: check it again": (
        "Auftrag {order_id} hat sich inzwischen geändert: noch einmal prüfen"
    ),
    "order {order_id} is at {status} now, and was at {before}: {by} changed it at {at}": (
        "Auftrag {order_id} ist jetzt in {status} und war in {before}: geändert von {by}, {at}"
    ),
    "order {order_id} is no longer there: go on without it": (
        "Auftrag {order_id} gibt es nicht mehr: ohne ihn weitermachen"
    ),
    "several": "mehrere",
    "the triggers can't be used: {reasons}": "die Auslöser lassen sich nicht verwenden: {reasons}",
    "the settings can't be used: {reasons}": (
        "die Einstellungen lassen sich nicht verwenden: {reasons}"
    ),
    "this is neither ticked nor empty: tick or untick it": (
        "das ist weder angehakt noch leer: den Haken setzen oder entfernen"
    ),
    "this isn't a date: write the year, the month and the day, as in 2026-11-30": (
        "das ist kein Datum: Jahr, Monat und Tag schreiben, wie in 2026-11-30"
    ),
    "this isn't a date: write the year, the month and the day": (
        "das ist kein Datum: Jahr, Monat und Tag schreiben"
    ),
    "this isn't a text: type it again": "das ist kein Text: noch einmal eingeben",
    "this isn't in the list: choose a line of the list": (
        "das steht nicht in der Liste: eine Zeile der Liste wählen"
    ),
    "this page is damaged or out of date: open it again": (
        "diese Seite ist beschädigt oder veraltet: neu öffnen"
    ),
    "this text has a character that can't be kept: type it again": (
        "dieser Text hat ein Zeichen, das nicht gespeichert werden kann: noch einmal eingeben"
    ),
    "this text has {length} characters: shorten it to {limit}": (
        "dieser Text hat {length} Zeichen: auf {limit} kürzen"
    ),
    "{count} are refused": "{count} werden abgelehnt",
    "{count} is refused": "{count} wird abgelehnt",
    "{count} record will be modified": "{count} Datensatz wird geändert",
    "{count} records will be modified": "{count} Datensätze werden geändert",
    "{lines} have the same description, {name}: change all but one": (
        "{lines} haben dieselbe Bezeichnung, {name}: alle bis auf eine ändern"
    ),
    "{lines} have the same key: each status needs a key of its own": (
        "{lines} haben denselben Schlüssel: jeder Status braucht einen eigenen"
    ),
    "{modified}, {refused}": "{modified}, {refused}",
    "{names} and {count} more": "{names} und {count} weitere",
    "{name}": "{name}",
    "{name} can't be both initial and final: clear one": (
        "{name} kann nicht Anfangs- und Endstatus zugleich sein: eins davon entfernen"
    ),
    "{name} has a field that it can't have, {field}: clear it": (
        "{name} hat ein Feld, das hier nicht möglich ist, {field}: leeren"
    ),
    "{name} has an unknown field, {field}: leave it out": (
        "{name} hat ein unbekanntes Feld, {field}: weglassen"
    ),
    "{name} has no description: fill it in": "{name} hat keine Bezeichnung: ausfüllen",
    "{name} has the same key as {line}: each trigger needs a key of its own": (
        "{name} hat denselben Schlüssel wie {line}: jeder Auslöser braucht einen eigenen"
    ),
    "{name} is cancelled, so it must be non-standard too": (
        "{name} storniert Aufträge und muss deshalb auch Sonderstatus sein"
    ),
    "{name} is final, so it can't be inactive": (
        "{name} ist der Endstatus und kann deshalb nicht inaktiv sein"
    ),
    "{name} is final, so it can't be non-standard": (
        "{name} ist der Endstatus und kann deshalb kein Sonderstatus sein"
    ),
    "{name} is final, so it's never due: clear its duration": (
        "{name} ist der Endstatus und deshalb nie fällig: die Dauer leeren"
    ),
    "{name} is for a status that no list has: choose another status": (
        "{name} gilt für einen Status, den kein Ablauf hat: einen anderen Status wählen"
    ),
    "{name} is for an order type that has no statuses: choose other order types": (
        "{name} gilt für eine Auftragsart ohne Status: andere Auftragsarten wählen"
    ),
    "{name} is for the status '{status}', which its order types don't have: choose "
    "another status": (
        "{name} gilt für den Status '{status}', den die Auftragsarten nicht haben: einen "
        "anderen Status wählen"
    ),
    "{name} is initial, so it can't be inactive": (
        "{name} ist der Anfangsstatus und kann deshalb nicht inaktiv sein"
    ),
    "{name} is initial, so it can't be non-standard": (
        "{name} ist der Anfangsstatus und kann deshalb kein Sonderstatus sein"
    ),
    "{name} must be a Trigger or a mapping, not {value}": (
        "{name} muss ein Auslöser sein oder aus Feldern bestehen, nicht aus {value}"
    ),
    "{name} pauses orders, so it must be non-standard too": (
        "{name} unterbricht Aufträge und muss deshalb auch Sonderstatus sein"
    ),
    "{name}: choose what to do": "{name}: wählen, was geschehen soll",
    "{name}: choose when it fires": "{name}: wählen, wann ausgelöst wird",
    "{name}: write each fact on a line, such as client = Lee": (
        "{name}: jedes Merkmal in eine eigene Zeile schreiben, etwa client = Lee"
    ),
    "{name}: {field} must be JSON, such as {example}": (
        "{name}: {field} muss JSON sein, etwa {example}"
    ),
    "{name}: {field} must be filled in": "{name}: {field} muss ausgefüllt werden",
    "{name}: {field} must be names of 1 to {most} characters": (
        "{name}: {field} müssen Namen von 1 bis {most} Zeichen sein"
    ),
    "{name}: {field} must be '#' and six hexadecimal digits, such as '#2f6f4e'": (
        "{name}: {field} muss aus '#' und sechs hexadezimalen Ziffern bestehen, etwa '#2f6f4e'"
    ),
    "{name}: {field} must be a whole number from {least} to {most}": (
        "{name}: {field} muss eine ganze Zahl von {least} bis {most} sein"
    ),
    "{name}: {field} must be chosen from the list": (
        "{name}: {field} muss aus der Liste gewählt werden"
    ),
    "{name}: {field} must be yes or no": "{name}: {field} muss ja oder nein sein",
    "{name}: {field} must have 1 to 64 ASCII letters, digits, '_', '-' or '.'": (
        "{name}: {field} muss aus 1 bis 64 ASCII-Buchstaben, Ziffern, '_', '-' oder '.' bestehen"
    ),
    "{name}: {field} must have 1 to {most} characters, and no control characters": (
        "{name}: {field} muss 1 bis {most} Zeichen haben und darf keine Steuerzeichen enthalten"
    ),
}

GERMAN: Final[Mapping[str, str]] = MappingProxyType(_TEXTS)
"""Every text of prodflow in German, by its English template.

Pass it as `words=`, or give it to `Words` together with functions that write numbers and dates in
the German way. You can also take it as a model for a catalogue in another language: the keys are
all texts that there are.
"""
