"""The texts of the hub in German, by their English templates.

Texts that prodflow has too, such as "Due", are in its own catalogue.
"""

from typing import Final

GERMAN: Final[dict[str, str]] = {
    # Every page
    "Production": "Produktion",
    "Main": "Hauptmenü",
    "Skip to the content": "Zum Inhalt springen",
    "Sign out": "Abmelden",
    "Keys": "Tasten",
    "Close": "Schließen",
    "search": "suchen",
    "next and previous order": "nächster und voriger Auftrag",
    "choose it": "auswählen",
    "open it": "öffnen",
    "advance what is chosen": "Auswahl weiterschalten",
    "undo": "rückgängig machen",
    "cancel": "abbrechen",
    "this list": "diese Liste",
    "(required)": "(erforderlich)",
    "Empty for all": "Für alle leer",
    "Back": "Zurück",
    "Cancel": "Abbrechen",
    "Show": "Zeigen",
    # The lists
    "Mine": "Meine",
    "Board": "Tafel",
    "At risk": "Gefährdet",
    "Views": "Ansichten",
    "Figures": "Kennzahlen",
    "Due soon": "Bald fällig",
    "Past delivery": "Liefertermin vorbei",
    "as of {time}": "Stand {time}",
    "Scan to advance": "Scannen und weiterschalten",
    "My orders": "Meine Aufträge",
    "My departments": "Meine Abteilungen",
    "Show all {count} orders": "Alle {count} Aufträge zeigen",
    "Nothing to do here.": "Hier ist nichts zu tun.",
    "Columns by": "Spalten nach",
    "none": "ohne",
    "any": "alle",
    "{count} more": "{count} weitere",
    "{count} order is in further columns.": "{count} Auftrag ist in weiteren Spalten.",
    "{count} orders are in further columns.": "{count} Aufträge sind in weiteren Spalten.",
    "No open orders.": "Keine offenen Aufträge.",
    "No orders yet.": "Noch keine Aufträge.",
    "There are no order types yet.": "Es gibt noch keine Auftragsarten.",
    "No order matches:": "Kein Auftrag passt:",
    "clear": "zurücksetzen",
    "Search": "Suche",
    "Number, invoice, client, vendor, user": "Nummer, Rechnung, Kunde, Lieferant, Benutzer",
    "Filters": "Filter",
    "Remove the filter {title}: {value}": "Filter entfernen: {title} {value}",
    "Sort by": "Sortiert nach",
    "Due date": "Fälligkeit",
    "Shown": "Gezeigt",
    "open orders": "offene Aufträge",
    "closed orders": "geschlossene Aufträge",
    "all orders": "alle Aufträge",
    "overdue": "überfällig",
    "due soon": "bald fällig",
    "past delivery": "Liefertermin vorbei",
    "due today": "heute fällig",
    "slack {days}": "Puffer {days}",
    "priority {count}": "Priorität {count}",
    "new since yesterday": "neu seit gestern",
    "Expected finish": "Fertig etwa",
    "Slack": "Puffer",
    "Pieces": "Stück",
    "{first}–{last} of {total}": "{first}–{last} von {total}",
    "First page": "Erste Seite",
    "Next page": "Nächste Seite",
    "No order is at risk.": "Kein Auftrag ist gefährdet.",
    "If each status takes as long as planned, these orders miss their delivery dates.": (
        "Wenn jeder Status so lange dauert wie geplant,"
        " verfehlen diese Aufträge ihren Liefertermin."
    ),
    # The Status Change window
    "Choose": "Auswahl",
    "Choose {order_id}": "{order_id} auswählen",
    "all {count} that match": "alle {count} passenden",
    "Advance status": "Status weiterschalten",
    "Choose the orders first.": "Zuerst Aufträge auswählen.",
    "Choose orders of one type: {types}": "Aufträge einer Art auswählen: {types}",
    "There is no order {order_id}.": "Es gibt keinen Auftrag {order_id}.",
    "Change to": "Wechsel zu",
    "And {count} more order.": "Und {count} weiterer Auftrag.",
    "And {count} more orders.": "Und {count} weitere Aufträge.",
    "Undo": "Rückgängig",
    "There is nothing to take back.": "Es gibt nichts zurückzunehmen.",
    "{count} order advanced": "{count} Auftrag weitergeschaltet",
    "{count} orders advanced": "{count} Aufträge weitergeschaltet",
    "{count} order opened": "{count} Auftrag angelegt",
    "{count} orders opened": "{count} Aufträge angelegt",
    "Order {order_id} was split": "Auftrag {order_id} wurde geteilt",
    "{count} order changed": "{count} Auftrag geändert",
    "{count} orders changed": "{count} Aufträge geändert",
    "{count} order put back": "{count} Auftrag zurückgesetzt",
    "{count} orders put back": "{count} Aufträge zurückgesetzt",
    # The page of an order
    "Order {order_id}": "Auftrag {order_id}",
    "Facts": "Angaben",
    "Order date": "Auftragsdatum",
    "Delivery date": "Liefertermin",
    "Calculated due date": "Berechnete Fälligkeit",
    "Version of the status list": "Version der Statusliste",
    "{count} piece": "{count} Stück",
    "{count} pieces": "{count} Stück",
    "part of {order_id}": "Teil von {order_id}",
    "reprint of {order_id}": "Nachdruck von {order_id}",
    "Plan": "Plan",
    "The plan as a table": "Der Plan als Tabelle",
    "Picture of the plan; the table below has the same dates.": (
        "Bild des Plans; die Tabelle darunter hat dieselben Daten."
    ),
    "The calendar ends before this order does.": "Der Kalender endet vor diesem Auftrag.",
    "Waiting": "Wartend",
    "for somebody to do": "von Hand zu erledigen",
    "Status Notes": "Statusnotizen",
    "{status} since {day} ({count} working day), comes back to {back_to}": (
        "{status} seit {day} ({count} Arbeitstag), kommt zurück zu {back_to}"
    ),
    "{status} since {day} ({count} working days), comes back to {back_to}": (
        "{status} seit {day} ({count} Arbeitstage), kommt zurück zu {back_to}"
    ),
    "Return to {status}": "Zurück zu {status}",
    "Put on hold: {status}": "Anhalten: {status}",
    "Undo last": "Letztes rückgängig machen",
    "takes back: {event}": "nimmt zurück: {event}",
    "Change": "Ändern",
    "Change {order_id}": "{order_id} ändern",
    "Correct the day": "Tag berichtigen",
    "Correct the day of {order_id}": "Tag von {order_id} berichtigen",
    "First day in {status}": "Erster Tag in {status}",
    "The status before it then ended on this day.": (
        "Der Status davor hat dann an diesem Tag geendet."
    ),
    "Split": "Teilen",
    "Split {order_id}": "{order_id} teilen",
    "The part begins where the order is. A split can't be undone.": (
        "Der Teil beginnt dort, wo der Auftrag ist. Eine Teilung lässt sich nicht zurücknehmen."
    ),
    "Number of the part": "Nummer des Teils",
    "Quantity of the part": "Menge des Teils",
    "of {count}": "von {count}",
    "Reprint of {order_id}": "Nachdruck von {order_id}",
    "Number of the reprint": "Nummer des Nachdrucks",
    "yes": "ja",
    "no": "nein",
    "fill this in": "bitte ausfüllen",
    "this isn't a date, such as 2026-11-30": "das ist kein Datum wie 2026-11-30",
    "this isn't a whole number": "das ist keine ganze Zahl",
    "this isn't a number": "das ist keine Zahl",
    "Forecast": "Vorhersage",
    "The forecast isn't ready yet: come back in a minute.": (
        "Die Vorhersage ist noch nicht fertig: schau in einer Minute wieder her."
    ),
    "Cannot tell: {count} like it, {needed} needed.": (
        "Nicht zu sagen: {count} vergleichbare, {needed} sind nötig."
    ),
    "{share} of 100 done by": "{share} von 100 fertig bis",
    "Done by {day}, the delivery date": "Fertig bis {day}, zum Liefertermin",
    "{count} of 100": "{count} von 100",
    "By the plan it's in time, but orders like it usually take longer.": (
        "Nach Plan rechtzeitig, aber ähnliche Aufträge brauchen meist länger."
    ),
    "What the words mean": "Was die Wörter bedeuten",
    "The day by which an order should leave the status that it's in.": (
        "Der Tag, bis zu dem ein Auftrag seinen jetzigen Status verlassen soll."
    ),
    "Still in this status after that day; the order as a whole may be in time.": (
        "Nach diesem Tag noch in diesem Status; der Auftrag als ganzer kann rechtzeitig sein."
    ),
    "The day on which it's done if each status that is left takes as long as planned.": (
        "Der Tag, an dem er fertig ist, wenn jeder weitere Status so lange dauert wie geplant."
    ),
    "The working days from that day to the delivery; below 0, it comes too late.": (
        "So viele Arbeitstage bleiben von da bis zur Lieferung; unter 0 kommt er zu spät."
    ),
    "Orders that miss their delivery, if all goes as planned.": (
        "Aufträge, die ihre Lieferung verpassen, wenn alles nach Plan geht."
    ),
    "Still open after the day of delivery.": "Nach dem Liefertag noch offen.",
    "after the end of the calendar": "nach dem Ende des Kalenders",
    "nobody can tell: too many are still open": "nicht zu sagen: zu viele sind noch offen",
    "Compared with {count} order that was in the same status for as long and about as old.": (
        "Verglichen mit {count} Auftrag, der so lange im selben Status war und etwa so alt."
    ),
    "Compared with {count} orders that were in the same status for as long and about as old.": (
        "Verglichen mit {count} Aufträgen, die so lange im selben Status waren und etwa so alt."
    ),
    "{count} of them is still open.": "{count} davon ist noch offen.",
    "{count} of them are still open.": "{count} davon sind noch offen.",
    "Not counted: {count} of 100 are cancelled.": "Nicht gezählt: {count} von 100 storniert.",
    "As of {at}.": "Stand {at}.",
    "Chance": "Chance",
    "cannot tell": "nicht zu sagen",
    "The chance is that of past orders like them.": (
        "Die Chance ist die von vergleichbaren früheren Aufträgen."
    ),
    # What the fields mean
    "It decides which statuses the order goes through.": (
        "Sie bestimmt, durch welche Status der Auftrag geht."
    ),
    "The next one that is free; you can take another.": (
        "Die nächste freie; es geht auch eine andere."
    ),
    "Who ordered it; the search finds it by this name.": (
        "Wer bestellt hat; die Suche findet den Auftrag unter diesem Namen."
    ),
    "Who makes it.": "Wer ihn ausführt.",
    "Due dates are worked out from this day.": "Ab diesem Tag wird die Fälligkeit gerechnet.",
    "By when the client is to have it.": "Bis wann der Kunde ihn haben soll.",
    "All orders of an invoice can be moved together.": (
        "Alle Aufträge einer Rechnung lassen sich gemeinsam verschieben."
    ),
    "How many pieces.": "Wie viele Stück.",
    "Higher numbers are more urgent; 0 is usual.": "Höhere Zahlen eilen mehr; üblich ist 0.",
    "The day on which the current status was done.": (
        "Der Tag, an dem der jetzige Status fertig war."
    ),
    "It goes on, but the current status doesn't count as done.": (
        "Es geht weiter, aber der jetzige Status zählt nicht als erledigt."
    ),
    "Where it goes; the usual next status is proposed.": (
        "Wohin es geht; vorgeschlagen ist der übliche nächste Status."
    ),
    "After this day it's overdue.": "Danach ist der Auftrag überfällig.",
    "Who did it, if it wasn't you.": "Wer es getan hat, falls nicht Sie.",
    "The department that works on it.": "Die Abteilung, die daran arbeitet.",
    "The person who works on it; empty for anybody in the department.": (
        "Die Person, die daran arbeitet; leer für alle in der Abteilung."
    ),
    "Why; reports count the reasons.": "Warum; Berichte zählen die Gründe.",
    "It's kept in the Status Notes.": "Sie steht dann in den Statusnotizen.",
    "What people call the order type.": "Wie die Auftragsart heißt.",
    "The statuses that the new list begins with.": "Die Status, mit denen die Liste anfängt.",
    "Orders that are there, or come back to it, go here instead.": (
        "Aufträge, die dort sind oder dorthin zurückkommen, gehen stattdessen hierher."
    ),
    # New orders and invoices
    "New order": "Neuer Auftrag",
    "From an invoice": "Aus einer Rechnung",
    "after {time}: counts as {day}": "nach {time} Uhr: zählt ab {day}",
    "no working day: counts as {day}": "kein Arbeitstag: zählt ab {day}",
    "What it becomes": "Was daraus wird",
    "It begins in {status}.": "Er beginnt mit {status}.",
    "It's due there on {day}.": "Dort ist er am {day} fällig.",
    "It's expected to be done on {day}.": "Fertig ist er voraussichtlich am {day}.",
    "The delivery date can't be met: {count} working day is missing.": (
        "Der Liefertermin ist nicht zu halten: {count} Arbeitstag fehlt."
    ),
    "The delivery date can't be met: {count} working days are missing.": (
        "Der Liefertermin ist nicht zu halten: {count} Arbeitstage fehlen."
    ),
    "Show the dates": "Termine zeigen",
    "Orders from an invoice": "Aufträge aus einer Rechnung",
    "Each vendor gets an order for each order type.": (
        "Jeder Lieferant bekommt einen Auftrag je Auftragsart."
    ),
    "Lines": "Zeilen",
    "A line for each item. A line without an order type or a vendor isn't ordered.": (
        "Eine Zeile je Posten. Ohne Auftragsart oder Lieferant wird eine Zeile nicht bestellt."
    ),
    "Line {number}": "Zeile {number}",
    "More lines": "Mehr Zeilen",
    "Show the orders": "Aufträge zeigen",
    "No line can be ordered yet.": "Noch keine Zeile lässt sich bestellen.",
    "Invoice {invoice_id}": "Rechnung {invoice_id}",
    "Order more lines of this invoice": "Weitere Zeilen dieser Rechnung bestellen",
    "Move the delivery date": "Liefertermin verschieben",
    "It moves for all open orders of the invoice at once.": (
        "Er verschiebt sich für alle offenen Aufträge der Rechnung auf einmal."
    ),
    "They have different dates now.": "Sie haben jetzt verschiedene Termine.",
    "Due afterwards": "Danach fällig",
    "choose another date": "ein anderes Datum wählen",
    "The orders have changed since you saw them: check them again.": (
        "Die Aufträge haben sich seither geändert: bitte noch einmal prüfen."
    ),
    # Production statuses and order types
    "Maintenance": "Verwaltung",
    "Production Statuses": "Produktionsstatus",
    "Order type": "Auftragsart",
    "New order type": "Neue Auftragsart",
    "Open orders": "Offene Aufträge",
    "Older versions": "Ältere Versionen",
    "Move {count} order": "{count} Auftrag umstellen",
    "Move {count} orders": "{count} Aufträge umstellen",
    "Set up your first status list": "Die erste Statusliste anlegen",
    "Statuses: {name}": "Status: {name}",
    "Saved as version {version}.": "Als Version {version} gespeichert.",
    "{count} open order keeps version {version}.": (
        "{count} offener Auftrag behält Version {version}."
    ),
    "{count} open orders keep version {version}.": (
        "{count} offene Aufträge behalten Version {version}."
    ),
    "Move them": "Umstellen",
    "Check these:": "Bitte prüfen:",
    (
        "Somebody else has saved version {version} since you opened this page."
        " Nothing of yours is saved yet: it's in the form."
        " If you save again, it replaces theirs, which is:"
    ): (
        "Jemand anderes hat seither Version {version} gespeichert."
        " Ihre Fassung ist noch nicht gespeichert: Sie steht im Formular."
        " Wenn Sie noch einmal speichern, ersetzt sie die andere:"
    ),
    "New": "Neu",
    "Show inactive": "Inaktive zeigen",
    "Hide inactive": "Inaktive ausblenden",
    "Print": "Drucken",
    "Copy": "Kopieren",
    "Another description": "Andere Bezeichnung",
    "Another description for {name}": "Andere Bezeichnung für {name}",
    "Explain all fields": "Alle Felder erklären",
    "More": "Mehr",
    "Editing statuses needs one of the roles {roles}.": (
        "Zum Bearbeiten der Status braucht es eine der Rollen {roles}."
    ),
    "{count} order is here": "{count} Auftrag ist hier",
    "{count} orders are here": "{count} Aufträge sind hier",
    "{count} comes back to it": "{count} kommt hierher zurück",
    "{count} come back to it": "{count} kommen hierher zurück",
    "What people call the status.": "Wie der Status heißt.",
    "How many working days an order may stay before it's overdue.": (
        "Wie viele Arbeitstage ein Auftrag bleiben darf, bevor er überfällig ist."
    ),
    "The department that an order gets when it comes here.": (
        "Die Abteilung, die ein Auftrag hier bekommt."
    ),
    "The person that an order gets when it comes here.": (
        "Die Person, die ein Auftrag hier bekommt."
    ),
    "The column of the board by stage.": "Die Spalte der Tafel nach Arbeitsschritt.",
    "What clients may read; empty if they don't see the status.": (
        "Was Kunden lesen dürfen; leer, wenn sie den Status nicht sehen."
    ),
    "The colour of the status, such as #1d5c4b.": "Die Farbe des Status, etwa #1d5c4b.",
    "New orders begin here; one status is initial.": (
        "Hier beginnen neue Aufträge; ein Status ist der erste."
    ),
    "Orders are done here; one status is final.": (
        "Hier sind Aufträge fertig; ein Status ist der letzte."
    ),
    "Not part of the usual path, such as On Hold.": (
        "Gehört nicht zum Regelablauf, etwa Angehalten."
    ),
    "Orders are closed here without being done.": (
        "Hier sind Aufträge geschlossen, ohne fertig zu sein."
    ),
    "Orders wait here and then go back to where they were.": (
        "Hier warten Aufträge und kehren dann dorthin zurück, wo sie waren."
    ),
    "Nobody can choose it any more; old orders keep it.": (
        "Niemand kann ihn mehr wählen; alte Aufträge behalten ihn."
    ),
    "Each order type has its own list of statuses. You can change all of it afterwards.": (
        "Jede Auftragsart hat ihre eigene Statusliste. Danach lässt sich alles ändern."
    ),
    "Begin with": "Beginnen mit",
    "two statuses to begin with": "zwei Status für den Anfang",
    "copy of {name}": "Kopie von {name}",
    "example: {name}": "Beispiel: {name}",
    "Somebody else has saved another version: check it again.": (
        "Jemand anderes hat eine andere Version gespeichert: bitte noch einmal prüfen."
    ),
    "Instead of {status}": "Statt {status}",
    "Move orders of {name}": "Aufträge umstellen: {name}",
    "{count} open order keeps an older version. It's moved to version {version}.": (
        "{count} offener Auftrag hat eine ältere Version. Er kommt zu Version {version}."
    ),
    "{count} open orders keep an older version. They're moved to version {version}.": (
        "{count} offene Aufträge haben eine ältere Version. Sie kommen zu Version {version}."
    ),
    # Signing in
    "Sign in": "Anmelden",
    "Password": "Passwort",
    "This name and this password don't belong together.": (
        "Dieser Name und dieses Passwort gehören nicht zusammen."
    ),
    "Too many attempts have failed. Try again at {time}.": (
        "Zu viele Versuche sind fehlgeschlagen. Um {time} geht es weiter."
    ),
    "Your session is over. Sign in again: nothing that you typed is lost.": (
        "Die Sitzung ist beendet. Bitte neu anmelden: Nichts Eingegebenes ist verloren."
    ),
    "Signed in again": "Wieder angemeldet",
    "Go on": "Weiter",
    "Go on where you were: what you typed is still there, and isn't saved yet.": (
        "Es geht dort weiter, wo Sie waren: Das Eingegebene ist noch da und noch nicht gespeichert."
    ),
    # What went wrong
    "Please sign in": "Bitte anmelden",
    "Nobody is signed in.": "Niemand ist angemeldet.",
    "That isn't allowed": "Das ist nicht erlaubt",
    "Not found": "Nicht gefunden",
    "There is no such page or order. Search for it:": (
        "Diese Seite oder diesen Auftrag gibt es nicht. Suchen:"
    ),
    "Somebody else is changing this": "Jemand anderes ändert das gerade",
    "Nothing was saved. Go back, and try again.": (
        "Nichts wurde gespeichert. Zurückgehen und noch einmal versuchen."
    ),
    "That's too long": "Das ist zu lang",
    "Nothing was saved. Go back, and send less at once.": (
        "Nichts wurde gespeichert. Zurückgehen und weniger auf einmal senden."
    ),
    "This can't be done": "Das geht nicht",
    "The database can't be reached": "Die Datenbank ist nicht erreichbar",
    "Nothing of this page was lost. Wait a moment, then try again.": (
        "Von dieser Seite ging nichts verloren. Kurz warten, dann noch einmal versuchen."
    ),
    "Try again": "Noch einmal versuchen",
    "Something went wrong": "Etwas ist schiefgegangen",
    "It isn't your fault, and it has been written down. Try again, or go back.": (
        "Es liegt nicht an Ihnen und wurde festgehalten. Noch einmal versuchen oder zurückgehen."
    ),
    "This form is from another visit. Open the page again and repeat what you did.": (
        "Dieses Formular stammt von einem anderen Besuch. Die Seite neu öffnen und wiederholen."
    ),
    "To the orders": "Zu den Aufträgen",
}
