"""
Places where items appear → items. One file for each kind of source, each a `protocols.Reader`:

    feed      FeedReader: RSS, RDF, Atom and JSON Feed over HTTP
    folder    FolderReader: files that are put into a folder

Other doors: `items.read_items` (our item format, for archives too), `catalogue.read_catalogue` (lists of sources).
Behind the feeds: decode → (repair →) xmlfeed or jsonfeed → entries, with plain and dates.
"""
