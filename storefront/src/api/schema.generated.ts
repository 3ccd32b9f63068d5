/** Made from docs/openapi.json by `npm run openapi`. */
export interface paths {
    "/banners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pictures that the home page swipes through, in order */
        get: operations["listBanners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bannerList": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alias of /banners
         * @deprecated
         * @description Behaves exactly like `/banners`, which new storefronts use.
         */
        get: operations["listBannersViaBannerList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/swipeList": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alias of /banners
         * @deprecated
         * @description Behaves exactly like `/banners`, which new storefronts use.
         */
        get: operations["listBannersViaSwipeList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gridList": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The entries of the home page's grid, in order */
        get: operations["listGrid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The products of the sports zone
         * @description Prices are numbers in yuan (`299`, `19.9`), as the tutorial's storefronts expect. Turn them into fen by string arithmetic. `id` is the `productId` of an order's `items`.
         */
        get: operations["listSports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sportList": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alias of /sports
         * @deprecated
         * @description Behaves exactly like `/sports`, which new storefronts use.
         */
        get: operations["listSportsViaSportList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/brandList": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The hot brands */
        get: operations["listHotBrands"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oneCategory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The first level of categories */
        get: operations["listCategories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oneCategoryList": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alias of /oneCategory
         * @deprecated
         * @description Behaves exactly like `/oneCategory`, which new storefronts use.
         */
        get: operations["listCategoriesViaOneCategoryList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twoCategory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The brands of one category */
        get: operations["listBrandsOfCategory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twoCategoryList": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alias of /twoCategory
         * @deprecated
         * @description Behaves exactly like `/twoCategory`, which new storefronts use.
         */
        get: operations["listBrandsOfCategoryViaTwoCategoryList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Products by newest or price, of a brand, a category, a gender, or with a size in stock
         * @description `size` is an EU size in tenths: `425` is 42.5.
         */
        get: operations["listProducts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/detail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One product with its SKUs, what is left of each, pictures and size chart */
        get: operations["showProduct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Products whose name has all words
         * @description Chinese needs no blanks between words. Order and filters are those of `/products`; by price, the newest 4,000 matches are ordered. Follow `nextCursor` until it is `null`.
         */
        get: operations["searchProducts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own cart, each line with what is true of it now */
        get: operations["readCart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts pairs into the cart, on top of those that are there */
        post: operations["addToCart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets how many pairs of a SKU are in the cart */
        post: operations["setCartQuantity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes lines out of the cart */
        post: operations["removeFromCart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/select": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Chooses lines for the checkout, or leaves them for later */
        post: operations["selectCartLines"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Merges the cart of a browser: of each SKU the larger quantity
         * @description May be repeated. `dropped` names what cannot be bought any more.
         */
        post: operations["mergeCart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own addresses, the default one first */
        get: operations["listAddresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/addresses/save": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds an address, or rewrites an own one (`id`)
         * @description At most 20. The first one becomes the default.
         */
        post: operations["saveAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/addresses/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Removes an own address */
        post: operations["removeAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/addresses/default": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an own address the default */
        post: operations["chooseDefaultAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shop/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What an order would cost and where it would go; writes nothing
         * @description Without `items` the chosen lines of the cart, without `addressId` the default address. `short` names lines of which fewer are left than wanted.
         */
        post: operations["checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Opens an account
         * @description A code serves one registration of the mobile that it was sent to. `repeatPassword` is another name of `repeat_password`, `smsCode` and `sms` are other names of `smscode`. Limits: registrations from one address: 10 an hour; codes tried at `/register` from one address: 30 an hour.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /register
         * @deprecated
         * @description Behaves exactly like `/register`, which new storefronts use.
         */
        post: operations["registerViaUserRegister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /register
         * @deprecated
         * @description Behaves exactly like `/register`, which new storefronts use.
         */
        post: operations["registerViaUsersRegister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges a username and password for a token
         * @description The token is a JWT (HS256) that lives 36 hours by default; send it as `Authorization: Bearer …`. Limits: failed logins of one username: 5 in 15 minutes, then 429 for 15 minutes, also with the right password; an address from which the user logged in within 30 days counts alone; failed logins from one address: 30 in 15 minutes.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /login
         * @deprecated
         * @description Behaves exactly like `/login`, which new storefronts use.
         */
        post: operations["loginViaUserLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /login
         * @deprecated
         * @description Behaves exactly like `/login`, which new storefronts use.
         */
        post: operations["loginViaUsersLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a registration code to a mobile
         * @description Where `SMS_ECHO_CODE=true` (local work only) the answer carries the code. Limits: SMS to one mobile: 1 a minute, 5 an hour, 10 a day; SMS from one client address (IPv6: a /64): 20 an hour; SMS from one IPv6 /48: 60 an hour; SMS of the whole shop: `SMS_HOURLY_LIMIT` an hour.
         */
        post: operations["sendSmsCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sendSms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /sms
         * @deprecated
         * @description Behaves exactly like `/sms`, which new storefronts use.
         */
        post: operations["sendSmsCodeViaSendSms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/wx/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Places an order, or pays an own unpaid order again, and answers with its QR code
         * @description Send `items` and the server sets the price. Send an `Idempotency-Key` header (any text of your choice, new for every checkout): the same user and key get the same order again, however often and however parallel they ask. `{ "out_trade_no": "…" }` alone pays an unpaid order again: the stored code while it lives (2 hours), a renewed one after. Limits: orders of one user: 20 a minute.
         */
        post: operations["placeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /wx/order
         * @deprecated
         * @description Behaves exactly like `/wx/order`, which new storefronts use.
         */
        post: operations["placeOrderViaOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shop/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Orders what the checkout showed, and reserves its stock
         * @description Repeats the checkout with the sum that was shown: another price is 1061 with the new breakdown, too few left is 1063, a sixth unpaid order 1065; then nothing was ordered. Pay with `/wx/order { out_trade_no }`. Send an `Idempotency-Key` header: the same user and key get the same order again.
         */
        post: operations["placeShopOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shop/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Own orders, newest first, or those of one tab
         * @description `state` is `unpaid`, `unshipped`, `shipped`, `completed` or `closed`.
         */
        get: operations["listShopOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shop/orderDetail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One own order with its parcels, its cases and everything that happened to it */
        get: operations["showShopOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/badges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many own orders are unpaid, to be shipped, to be received, and how many cases are open */
        get: operations["countBadges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shop/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels an own unpaid order: at WeChat Pay first, then here */
        post: operations["cancelShopOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shop/receive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirms that the shoes have arrived */
        post: operations["receiveShopOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shop/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes five more days to confirm, once */
        post: operations["extendReceipt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/shop/hide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes an ended order out of the own lists */
        post: operations["hideShopOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/afterSales": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Own after-sale cases, newest first */
        get: operations["listCases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/afterSales/ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks for money back, for some pairs of one line
         * @description `CANCEL` before they are shipped, `REFUND_ONLY` or `RETURN` afterwards. The amount is computed. One case per line is open at a time.
         */
        post: operations["askAfterSale"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/afterSales/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes an own case back */
        post: operations["cancelCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/afterSales/parcel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says with which parcel the shoes come back */
        post: operations["sendBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Logs one of the shop's people in, with password and one-time code
         * @description A code serves once: who logs in twice within 30 seconds waits for the next one.
         */
        post: operations["logInAdmin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts an invite: chooses a password, and gets the second factor for an authenticator app
         * @description An invite that is unknown, used or older than 24 hours is 1054. Nobody can log in before `/admin/confirm`.
         */
        post: operations["acceptInvite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Proves the second factor with a code: the account can log in now */
        post: operations["confirmInvite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new token for one that still holds, up to twelve hours after the login */
        post: operations["renewAdminToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends every token of the caller */
        post: operations["logOutAdmin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is logged in, and what the role may do */
        get: operations["showAdmin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders of everybody, newest first: all, of one state, of one mobile, or the one with this number
         * @description At most one of `order_no`, `mobile` and `state`.
         */
        get: operations["searchOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orderDetail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One order with its address, and everything that happened to it; that it was read is logged
         * @description `actor` of an event is `user:7`, `admin:3`, `shop`, `timer` or `wechat`.
         */
        get: operations["showOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/packing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is to be packed and where it goes, the oldest first; that it was read is logged
         * @description `order_no` for one order. `quantity` is what is left to be shipped.
         */
        get: operations["listPacking"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a parcel, in parts if `lines` says so; the same parcel again changes nothing
         * @description Without `lines`: everything that is left. Pairs for which the shopper wants the money back are refused.
         */
        post: operations["shipOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orderReceiver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Corrects who receives an order and where in its region, until something is shipped
         * @description The region stays, for the freight was paid to it.
         */
        post: operations["correctReceiver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orderParcel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Corrects the carrier or number of a parcel; the same correction again changes nothing */
        post: operations["correctParcel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/cancelOrder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels an unpaid order: at WeChat Pay first, then here */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** After-sale cases of everybody, newest first: all, or of one state */
        get: operations["searchCases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/caseDetail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One case with its line and order, and what the reader may do with it */
        get: operations["showCase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/caseDecide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grants a case, or refuses it with an `answer`; `amount_fen` may lower the sum, with an `answer` */
        post: operations["decideCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/caseInspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says how returned shoes came back, and whether they can be sold again */
        post: operations["inspectCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/caseRelease": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives the money of a granted case back; never the person who granted it
         * @description The refund is handed to WeChat Pay by `reconcile`, within five minutes.
         */
        post: operations["releaseCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/money": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Money that needs a person, newest first
         * @description `kind` is `differences` (WeChat's bill against the ledger), `late` (paid after the close, or twice) or `refunds` (refused, or the payer's account is gone).
         */
        get: operations["listMoney"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refundRetry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hands a refused refund over again, within five minutes */
        post: operations["retryRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refundCancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a refund that WeChat Pay never took; its case can be released again */
        post: operations["cancelRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/lateRefund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks for a payment that nobody expected to be given back: a second person agrees */
        post: operations["askLateRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/lateRelease": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Agrees to such a wish, or refuses it; never the person who asked */
        post: operations["releaseLateRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/moneyClear": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Somebody has looked at a late or second payment: it leaves the list */
        post: operations["clearMoney"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/feeds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A feed of the home page in its order, also what is not shown yet or no more */
        get: operations["readFeed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/feedSave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes a banner or an entry of the grid; without `id` a new one, which goes last
         * @description Pictures are those that come with the shop or of `/admin/pictureConfirm`; links lead to its own pages. The grid needs a `text`. Left out, `startsAt` and `endsAt` set no limit.
         */
        post: operations["saveFeedEntry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/feedAdd": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a product on sale into the sports zone, or a brand among the hot ones, behind the others */
        post: operations["addToFeed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/feedRemove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes an entry out of a feed; a product or a brand stays what it is */
        post: operations["removeFromFeed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/feedOrder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a feed into an order; `ids` are exactly its entries */
        post: operations["orderFeed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pictureUpload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Allows one upload of a picture to the object store
         * @description The file goes to `url` by PUT with exactly `headers`, before `expiresAt`. Type and number of bytes are signed, and what is there cannot be replaced. Then comes `/admin/pictureConfirm`.
         */
        post: operations["askPictureUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/pictureConfirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks at what has arrived and lets it in; the same again answers the same
         * @description JPEG, PNG and WebP up to 5 MB and 6000 pixels to a side, recognised by their bytes. 1060: nothing has arrived; 1010: it is something else.
         */
        post: operations["confirmPicture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/exportOrders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders as CSV, newest first, a record per line; who read them is noted
         * @description The pages, joined in order, are the file. A `'` stands before what Excel would run as a formula (`=`, `+`, `-`, `@`, a tab, NUL, a line break first) and before numbers of more than 11 digits, which it would round. `since` is a day in Beijing.
         */
        get: operations["exportOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/exportStock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The stock of every SKU as CSV
         * @description The pages, joined in order, are the file. A `'` stands before what Excel would run as a formula (`=`, `+`, `-`, `@`, a tab, NUL, a line break first) and before numbers of more than 11 digits, which it would round.
         */
        get: operations["exportStock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the shop's people did and which personal data they read, newest first
         * @description At most one of `target` (`order:<order_no>`, `case:<after_sale_no>`, `admin:<username>` …) and `adminId`. Mobiles are masked.
         */
        get: operations["readAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shop's people */
        get: operations["listPeople"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/invite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks somebody to work in the shop, or gives new factors to one of that name
         * @description The caller makes 32 random bytes, keeps their base64url text as the token of the link `/admin/#/accept?token=…`, and sends that text's SHA-256 in hex. The invite holds for 24 hours and serves once.
         */
        post: operations["invitePerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets somebody in no more, or again; their tokens end at once */
        post: operations["suspendPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Products on sale and off sale, newest first, or those with these words */
        get: operations["listProductsForDesk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/product": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One product with its SKUs, their stock, and the price that waits for a second person */
        get: operations["showProductForDesk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/productSave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes a product: without `id` a new one
         * @description Search follows in the same transaction. A price below 30 % of the old one waits for a second person (`approvalId`). Where there are sizes, the price is that of the cheapest SKU on sale. Pictures are those that come with the shop, those that the product has, and those of `/admin/pictureConfirm`.
         */
        post: operations["saveProduct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/skusSave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes SKUs of a product: those with an `id` are rewritten, the others are new
         * @description None is deleted, because orders name them: `onSale: false` takes one off sale.
         */
        post: operations["saveSkus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/skusImport": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes a table of sizes (CSV) as a whole, or says which lines are wrong
         * @description Columns by their names in the first line: 货号, 商品编号, 颜色, 脚长, 售价(元), 在售 (是 or 否), and 欧码 if wanted. A new code is a new SKU, another one is rewritten; the same file again changes nothing. Up to 500 lines. 1010 has `data.errors`, each with its `line` of the file and `msg`. Without `dryRun: false` it only looks.
         */
        post: operations["importSkus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/priceWishes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prices that wait for a second person */
        get: operations["listPriceWishes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/priceDecide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A second person agrees to a price, or does not */
        post: operations["decidePrice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** SKUs with their stock: all, one by its code, those of a product, or those of which few are left */
        get: operations["listStock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stockMoves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every movement of a SKU, newest first */
        get: operations["listStockMoves"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stockAdjust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Corrects the stock of a SKU by what was found or is missing
         * @description The same `ref` again changes nothing. More than 500 pieces wait for a second person (`approvalId`).
         */
        post: operations["adjustStock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stockHot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prepares a SKU for hundreds of orders in the same seconds, or ends that
         * @description Its pieces are counted in several places meanwhile. Orders go on, and all sums stay the same.
         */
        post: operations["markHot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stockWishes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Corrections of stock that wait for a second person */
        get: operations["listStockWishes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/stockDecide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A second person agrees to a correction, or does not */
        post: operations["decideStock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pay/notify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * WeChat Pay reports that an order was paid
         * @description Authenticated by the signature in the body. Answered within 5 seconds.
         */
        post: operations["payNotify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pay/notify_url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /pay/notify
         * @deprecated
         * @description Behaves exactly like `/pay/notify`, which new storefronts use.
         */
        post: operations["payNotifyViaPayNotifyUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queryOrder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tells the state of an own order, asking WeChat Pay where it is not final */
        post: operations["queryOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pay/queryOrder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /queryOrder
         * @deprecated
         * @description Behaves exactly like `/queryOrder`, which new storefronts use.
         */
        post: operations["queryOrderViaPayQueryOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Own orders, newest first; or one of them with its history
         * @description Without `out_trade_no` a page of orders; its `nextCursor`, sent as `cursor`, brings the next one, and `null` says that there is none. With `out_trade_no` that order and its history.
         */
        get: operations["listOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/closeOrder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Closes an own unpaid order, at WeChat Pay first
         * @description Closing what is closed already succeeds again. An order that was paid meanwhile is 1051, one that is just being paid 1050.
         */
        post: operations["closeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pay/closeOrder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Alias of /closeOrder
         * @deprecated
         * @description Behaves exactly like `/closeOrder`, which new storefronts use.
         */
        post: operations["closeOrderViaPayCloseOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/refund/notify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * WeChat Pay reports how a refund ended
         * @description Decrypted with the merchant key, then confirmed by a query. Answered within 5 seconds.
         */
        post: operations["refundNotify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description `false` 注册信息有误; `0` 用户名已存在; `1010` 参数有误; `1030` 短信验证码错误或已失效，请重新获取; `1040` 登录失败，用户名或密码错误 / 短信发送失败; `1050` 微信支付未受理; `1051` 订单已支付; `1052` 订单已关闭，请重新下单; `1054` 订单不存在 / 内容不存在; `1060` 当前状态不允许此操作; `1061` 价格有变动，请确认后重新提交; `1063` 商品已售罄或库存不足; `1065` 未支付的订单太多，请先支付或关闭; `400` 请求内容无法解析; `401` 请先登录; `403` 没有权限进行此操作; `404` 接口不存在; `405` 请求方法不被允许; `413` 请求内容过大; `415` 不支持的请求格式; `429` 操作太频繁，请稍后再试; `500` 服务器开小差了，请稍后再试; `502` 上游服务暂时不可用，请稍后再试; `503` 系统繁忙，请稍后再试
         * @enum {unknown}
         */
        ErrorStatus: false | 0 | 1010 | 1030 | 1040 | 1050 | 1051 | 1052 | 1054 | 1060 | 1061 | 1063 | 1065 | 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500 | 502 | 503;
        Refusal: {
            status: components["schemas"]["ErrorStatus"];
            /** @description Chinese, fit to show a shopper */
            msg: string;
            /** @description the same text */
            message: string;
            /** @description names the invocation in the logs */
            requestId: string;
            data?: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        Fault: {
            status: components["schemas"]["ErrorStatus"];
            /** @description Chinese, fit to show a shopper */
            msg: string;
            /** @description the same text */
            message: string;
            /** @description names the invocation in the logs */
            requestId: string;
            data?: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
    };
    responses: {
        /** @description Success */
        listBanners: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "img_src": "/images/banner1.svg",
                 *           "link": "/product/1"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        /** @description address of the picture */
                        img_src: string | "";
                        /** @description where it leads, may be empty */
                        link: string | "";
                    }[];
                };
            };
        };
        /** @description Success */
        listGrid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "img_src": "/images/nav1.svg",
                 *           "name": "运动",
                 *           "link": "/category/1"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        img_src: string | "";
                        name?: string | "";
                        link?: string | "";
                    }[];
                };
            };
        };
        /** @description Success */
        listSports: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "name": "凌步 云弹缓震跑鞋",
                 *           "img": "/images/product1.svg",
                 *           "price": 499,
                 *           "oldPrice": 699,
                 *           "brandId": 1,
                 *           "categoryId": 1
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        name: string | "";
                        /** @description address of the picture */
                        img: string | "";
                        /** @description in yuan */
                        price: number;
                        /** @description in yuan, what it cost before; equal to `price` where there was no other */
                        oldPrice: number;
                        brandId: number | null;
                        categoryId: number | null;
                    }[];
                };
            };
        };
        /** @description Success */
        listHotBrands: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "brandName": "凌步",
                 *           "brandLogo": "/images/brand1.svg",
                 *           "categoryId": 1
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        brandName: string | "";
                        /** @description address of the picture */
                        brandLogo: string | "";
                        /** @description `id` of its category */
                        categoryId: number;
                    }[];
                };
            };
        };
        /** @description Success */
        listCategories: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "categoryName": "运动馆"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        categoryName: string | "";
                    }[];
                };
            };
        };
        /** @description Success, or a refusal with the reason */
        listBrandsOfCategory: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "brandName": "凌步",
                 *           "brandLogo": "/images/brand1.svg",
                 *           "categoryId": 1
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        brandName: string | "";
                        /** @description address of the picture */
                        brandLogo: string | "";
                        /** @description `id` of its category */
                        categoryId: number;
                    }[];
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listProducts: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "subtitle": "轻软回弹 每天五公里",
                 *           "img": "/images/product13-1.svg",
                 *           "price": 359,
                 *           "oldPrice": 469,
                 *           "price_fen": 35900,
                 *           "brandId": 1,
                 *           "categoryId": 1,
                 *           "gender": "women"
                 *         }
                 *       ],
                 *       "nextCursor": "35900.13"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        name: string | "";
                        subtitle: string | (null | "");
                        /** @description address of the picture */
                        img: string | "";
                        /** @description in yuan: the lowest price of its SKUs */
                        price: number;
                        /** @description in yuan */
                        oldPrice: number;
                        /** @description integer fen */
                        price_fen: number;
                        brandId: number | null;
                        categoryId: number | null;
                        /** @description `women`, `men` or `unisex` */
                        gender: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last. A short page need not be the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        showProduct: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "id": 13,
                 *         "name": "凌步 晨风 日常跑鞋",
                 *         "subtitle": "轻软回弹 每天五公里",
                 *         "img": "/images/product13-1.svg",
                 *         "price": 359,
                 *         "oldPrice": 469,
                 *         "price_fen": 35900,
                 *         "brandId": 1,
                 *         "categoryId": 1,
                 *         "gender": "women",
                 *         "brandName": "凌步",
                 *         "material": "鞋面：织物与合成革；内里：织物；鞋底：橡胶与EVA",
                 *         "detail": "轻软回弹 每天五公里。",
                 *         "pictures": [
                 *           "/images/product13-1.svg",
                 *           "/images/product13-pair.svg"
                 *         ],
                 *         "skus": [
                 *           {
                 *             "skuId": 13,
                 *             "colour": "粉色",
                 *             "sizeMm": 220,
                 *             "eu": "35",
                 *             "us": "5",
                 *             "spec": "粉色 35码",
                 *             "img": "/images/product13-1.svg",
                 *             "price_fen": 35900,
                 *             "left": 10,
                 *             "maxPerOrder": null
                 *           }
                 *         ],
                 *         "sizeChart": [
                 *           {
                 *             "sizeMm": 220,
                 *             "eu": "35",
                 *             "us": "5"
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        name: string | "";
                        subtitle: string | (null | "");
                        /** @description address of the picture */
                        img: string | "";
                        /** @description in yuan: the lowest price of its SKUs */
                        price: number;
                        /** @description in yuan */
                        oldPrice: number;
                        /** @description integer fen */
                        price_fen: number;
                        brandId: number | null;
                        categoryId: number | null;
                        /** @description `women`, `men` or `unisex` */
                        gender: string | "";
                        brandName: string | (null | "");
                        material: string | (null | "");
                        detail: string | (null | "");
                        pictures: string[];
                        skus: {
                            skuId: number;
                            colour: string | "";
                            /** @description length of the foot; 0: no sizes */
                            sizeMm: number;
                            /** @description EU size */
                            eu: string | (null | "");
                            /** @description US size */
                            us: string | (null | "");
                            /** @description colour and size in words */
                            spec: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            /** @description pairs that can be had: exact up to 10 */
                            left: number;
                            maxPerOrder: number | null;
                        }[];
                        sizeChart: {
                            sizeMm: number;
                            eu: string | "";
                            us: string | "";
                        }[];
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        searchProducts: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "subtitle": "轻软回弹 每天五公里",
                 *           "img": "/images/product13-1.svg",
                 *           "price": 359,
                 *           "oldPrice": 469,
                 *           "price_fen": 35900,
                 *           "brandId": 1,
                 *           "categoryId": 1,
                 *           "gender": "women"
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        name: string | "";
                        subtitle: string | (null | "");
                        /** @description address of the picture */
                        img: string | "";
                        /** @description in yuan: the lowest price of its SKUs */
                        price: number;
                        /** @description in yuan */
                        oldPrice: number;
                        /** @description integer fen */
                        price_fen: number;
                        brandId: number | null;
                        categoryId: number | null;
                        /** @description `women`, `men` or `unisex` */
                        gender: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last. A short page need not be the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success */
        readCart: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "skuId": 13,
                 *           "productId": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "spec": "粉色 35码",
                 *           "img": "/images/product13-1.svg",
                 *           "price_fen": 35900,
                 *           "seen_price_fen": 35900,
                 *           "quantity": 1,
                 *           "selected": true,
                 *           "state": "ok",
                 *           "left": 13
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        skuId: number;
                        productId: number | null;
                        name: string | "";
                        /** @description colour and size in words */
                        spec: string | "";
                        img: string | "";
                        /** @description integer fen */
                        price_fen: number;
                        /** @description integer fen */
                        seen_price_fen: number;
                        quantity: number;
                        selected: boolean;
                        /** @description `ok`, `price_changed`, `short` (`left` says how many there are), `off_sale` or `gone` */
                        state: string | "";
                        /** @description pairs that can be had */
                        left: number;
                    }[];
                };
            };
        };
        /** @description Success, or a refusal with the reason */
        addToCart: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "skuId": 13,
                 *           "productId": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "spec": "粉色 35码",
                 *           "img": "/images/product13-1.svg",
                 *           "price_fen": 35900,
                 *           "seen_price_fen": 35900,
                 *           "quantity": 1,
                 *           "selected": true,
                 *           "state": "ok",
                 *           "left": 13
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        skuId: number;
                        productId: number | null;
                        name: string | "";
                        /** @description colour and size in words */
                        spec: string | "";
                        img: string | "";
                        /** @description integer fen */
                        price_fen: number;
                        /** @description integer fen */
                        seen_price_fen: number;
                        quantity: number;
                        selected: boolean;
                        /** @description `ok`, `price_changed`, `short` (`left` says how many there are), `off_sale` or `gone` */
                        state: string | "";
                        /** @description pairs that can be had */
                        left: number;
                    }[];
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        setCartQuantity: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "skuId": 13,
                 *           "productId": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "spec": "粉色 35码",
                 *           "img": "/images/product13-1.svg",
                 *           "price_fen": 35900,
                 *           "seen_price_fen": 35900,
                 *           "quantity": 1,
                 *           "selected": true,
                 *           "state": "ok",
                 *           "left": 13
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        skuId: number;
                        productId: number | null;
                        name: string | "";
                        /** @description colour and size in words */
                        spec: string | "";
                        img: string | "";
                        /** @description integer fen */
                        price_fen: number;
                        /** @description integer fen */
                        seen_price_fen: number;
                        quantity: number;
                        selected: boolean;
                        /** @description `ok`, `price_changed`, `short` (`left` says how many there are), `off_sale` or `gone` */
                        state: string | "";
                        /** @description pairs that can be had */
                        left: number;
                    }[];
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        removeFromCart: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": []
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        skuId: number;
                        productId: number | null;
                        name: string | "";
                        /** @description colour and size in words */
                        spec: string | "";
                        img: string | "";
                        /** @description integer fen */
                        price_fen: number;
                        /** @description integer fen */
                        seen_price_fen: number;
                        quantity: number;
                        selected: boolean;
                        /** @description `ok`, `price_changed`, `short` (`left` says how many there are), `off_sale` or `gone` */
                        state: string | "";
                        /** @description pairs that can be had */
                        left: number;
                    }[];
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        selectCartLines: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "skuId": 13,
                 *           "productId": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "spec": "粉色 35码",
                 *           "img": "/images/product13-1.svg",
                 *           "price_fen": 35900,
                 *           "seen_price_fen": 35900,
                 *           "quantity": 1,
                 *           "selected": true,
                 *           "state": "ok",
                 *           "left": 13
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        skuId: number;
                        productId: number | null;
                        name: string | "";
                        /** @description colour and size in words */
                        spec: string | "";
                        img: string | "";
                        /** @description integer fen */
                        price_fen: number;
                        /** @description integer fen */
                        seen_price_fen: number;
                        quantity: number;
                        selected: boolean;
                        /** @description `ok`, `price_changed`, `short` (`left` says how many there are), `off_sale` or `gone` */
                        state: string | "";
                        /** @description pairs that can be had */
                        left: number;
                    }[];
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        mergeCart: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "skuId": 13,
                 *           "productId": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "spec": "粉色 35码",
                 *           "img": "/images/product13-1.svg",
                 *           "price_fen": 35900,
                 *           "seen_price_fen": 35900,
                 *           "quantity": 1,
                 *           "selected": true,
                 *           "state": "ok",
                 *           "left": 13
                 *         }
                 *       ],
                 *       "dropped": []
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        skuId: number;
                        productId: number | null;
                        name: string | "";
                        /** @description colour and size in words */
                        spec: string | "";
                        img: string | "";
                        /** @description integer fen */
                        price_fen: number;
                        /** @description integer fen */
                        seen_price_fen: number;
                        quantity: number;
                        selected: boolean;
                        /** @description `ok`, `price_changed`, `short` (`left` says how many there are), `off_sale` or `gone` */
                        state: string | "";
                        /** @description pairs that can be had */
                        left: number;
                    }[];
                    dropped: number[];
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success */
        listAddresses: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "receiver": "张三",
                 *           "mobile": "13800138000",
                 *           "regionCode": "440305",
                 *           "region": "广东省深圳市南山区",
                 *           "detail": "科技园路1号1栋101",
                 *           "isDefault": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        receiver: string | "";
                        mobile: string | "";
                        /** @description six digits: the district */
                        regionCode: string | "";
                        /** @description province, city and district in words */
                        region: string | "";
                        detail: string | "";
                        isDefault: boolean;
                    }[];
                };
            };
        };
        /** @description Success, or a refusal with the reason */
        saveAddress: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "id": 1,
                 *         "receiver": "张三",
                 *         "mobile": "13800138000",
                 *         "regionCode": "440305",
                 *         "region": "广东省深圳市南山区",
                 *         "detail": "科技园路1号1栋101",
                 *         "isDefault": true
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        receiver: string | "";
                        mobile: string | "";
                        /** @description six digits: the district */
                        regionCode: string | "";
                        /** @description province, city and district in words */
                        region: string | "";
                        detail: string | "";
                        isDefault: boolean;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        removeAddress: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "地址已删除"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        chooseDefaultAddress: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已设为默认地址"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        checkout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "lines": [
                 *           {
                 *             "skuId": 13,
                 *             "productId": 13,
                 *             "name": "凌步 晨风 日常跑鞋",
                 *             "spec": "粉色 35码",
                 *             "img": "/images/product13-1.svg",
                 *             "price_fen": 35900,
                 *             "quantity": 1,
                 *             "sum_fen": 35900,
                 *             "countsStock": true
                 *           }
                 *         ],
                 *         "goods_fen": 35900,
                 *         "freight_fen": 0,
                 *         "payable_fen": 35900,
                 *         "address": {
                 *           "id": 1,
                 *           "receiver": "张三",
                 *           "mobile": "13800138000",
                 *           "text": "广东省深圳市南山区 科技园路1号1栋101"
                 *         },
                 *         "short": []
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        lines: {
                            skuId: number;
                            productId: number;
                            name: string | "";
                            spec: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            quantity: number;
                            /** @description integer fen */
                            sum_fen: number;
                            countsStock: boolean;
                        }[];
                        /** @description integer fen */
                        goods_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        /** @description integer fen */
                        payable_fen: number;
                        address: {
                            id: number;
                            receiver: string | "";
                            mobile: string | "";
                            text: string | "";
                        };
                        short: {
                            skuId: number;
                            left: number;
                        }[];
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        register: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "注册成功"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        login: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                 *       "msg": "登录成功",
                 *       "userInfo": {
                 *         "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                 *         "username": "demo",
                 *         "mobile": "138****0000"
                 *       },
                 *       "data": {
                 *         "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                 *         "username": "demo",
                 *         "mobile": "138****0000"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    /** @description JWT */
                    token: string | "";
                    msg: string | "";
                    userInfo: {
                        /** @description the same JWT */
                        token: string | "";
                        username: string | "";
                        /** @description masked */
                        mobile: string | "";
                    };
                    /** @description the same, where half of the storefronts look for it */
                    data: {
                        /** @description the same JWT */
                        token: string | "";
                        username: string | "";
                        /** @description masked */
                        mobile: string | "";
                    };
                    /** @description 200, with `TUTORIAL_CLIENTS=on` */
                    code?: number;
                    /** @description likewise */
                    mobile?: string;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        sendSmsCode: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "短信发送成功"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    code?: string;
                    smscode?: string;
                    data?: string;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        placeOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "return_code": "SUCCESS",
                 *         "return_msg": "OK",
                 *         "result_code": "SUCCESS",
                 *         "appid": "wx1e7a0de000000001",
                 *         "mch_id": "1900000109",
                 *         "trade_type": "NATIVE",
                 *         "prepay_id": "wx22113456000000000000000000000000",
                 *         "code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz",
                 *         "code_expires_at": "2024-11-22T05:34:56.000Z",
                 *         "payUrl": "data:image/png;base64,iVBORw0KGgo=",
                 *         "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
                 *         "out_trade_no": "20241122113456000000000000000001",
                 *         "total_fee": 49900
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        return_code: string | "";
                        return_msg: string | "";
                        result_code: string | "";
                        appid: string | "";
                        mch_id: string | "";
                        trade_type: string | "";
                        prepay_id: string | "";
                        /** @description what the QR code says */
                        code_url: string | "";
                        /** @description ISO 8601: until when the code can be scanned */
                        code_expires_at: string | "";
                        /** @description the QR code as a `data:image/png;base64,` URL */
                        payUrl: string | "";
                        nonce_str: string | "";
                        /** @description the order's number */
                        out_trade_no: string | "";
                        /** @description integer fen */
                        total_fee: number;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        placeShopOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "order_no": "202611270930001230000000001",
                 *         "out_trade_no": "202611270930001230000000007",
                 *         "payable_fen": 35900
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        order_no: string | "";
                        /** @description pays the order at `/wx/order` */
                        out_trade_no: string | "";
                        /** @description integer fen */
                        payable_fen: number;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listShopOrders: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "order_no": "202611270930001230000000001",
                 *           "state": "UNPAID",
                 *           "stateText": "待付款",
                 *           "closeReason": null,
                 *           "goods_fen": 35900,
                 *           "freight_fen": 0,
                 *           "payable_fen": 35900,
                 *           "refunded_fen": 0,
                 *           "createdAt": "2026-11-27T01:30:00.123Z",
                 *           "lines": [
                 *             {
                 *               "id": 1,
                 *               "skuId": 14,
                 *               "productId": 13,
                 *               "name": "凌步 晨风 日常跑鞋",
                 *               "spec": "粉色 35.5码",
                 *               "img": "/images/product13-1.svg",
                 *               "price_fen": 35900,
                 *               "quantity": 1,
                 *               "paid_fen": 35900,
                 *               "shippedQuantity": 0,
                 *               "refundedQuantity": 0,
                 *               "refunded_fen": 0
                 *             }
                 *           ]
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        order_no: string | "";
                        /** @description `UNPAID`, `PAID`, `PART_SHIPPED`, `SHIPPED`, `COMPLETED` or `CLOSED` */
                        state: string | "";
                        /** @description the state in words */
                        stateText: string | "";
                        /** @description `USER`, `SHOP`, `TIMEOUT` or `REFUNDED`, once closed */
                        closeReason: string | null;
                        /** @description integer fen */
                        goods_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        /** @description integer fen */
                        payable_fen: number;
                        /** @description integer fen */
                        refunded_fen: number;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        lines: {
                            /** @description names the line in a case */
                            id: number;
                            skuId: number;
                            productId: number;
                            name: string | "";
                            /** @description colour and size in words */
                            spec: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            quantity: number;
                            /** @description integer fen */
                            paid_fen: number;
                            shippedQuantity: number;
                            refundedQuantity: number;
                            /** @description integer fen */
                            refunded_fen: number;
                        }[];
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        showShopOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "order_no": "202611270930001230000000001",
                 *         "state": "UNPAID",
                 *         "stateText": "待付款",
                 *         "closeReason": null,
                 *         "goods_fen": 35900,
                 *         "freight_fen": 0,
                 *         "payable_fen": 35900,
                 *         "refunded_fen": 0,
                 *         "createdAt": "2026-11-27T01:30:00.123Z",
                 *         "lines": [
                 *           {
                 *             "id": 1,
                 *             "skuId": 14,
                 *             "productId": 13,
                 *             "name": "凌步 晨风 日常跑鞋",
                 *             "spec": "粉色 35.5码",
                 *             "img": "/images/product13-1.svg",
                 *             "price_fen": 35900,
                 *             "quantity": 1,
                 *             "paid_fen": 35900,
                 *             "shippedQuantity": 0,
                 *             "refundedQuantity": 0,
                 *             "refunded_fen": 0
                 *           }
                 *         ],
                 *         "receiver": "张三",
                 *         "mobile": "13800138000",
                 *         "address": "广东省深圳市南山区 科技园路1号1栋101",
                 *         "remark": null,
                 *         "paidAt": null,
                 *         "shippedAt": null,
                 *         "completedAt": null,
                 *         "closedAt": null,
                 *         "dueAt": null,
                 *         "canExtend": false,
                 *         "shipments": [],
                 *         "cases": [],
                 *         "events": [
                 *           {
                 *             "event": "placed",
                 *             "text": "提交订单",
                 *             "at": "2026-11-27T01:30:00.123Z",
                 *             "actor": "user",
                 *             "detail": null
                 *           }
                 *         ],
                 *         "out_trade_no": "202611270930001230000000007"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        order_no: string | "";
                        /** @description `UNPAID`, `PAID`, `PART_SHIPPED`, `SHIPPED`, `COMPLETED` or `CLOSED` */
                        state: string | "";
                        /** @description the state in words */
                        stateText: string | "";
                        /** @description `USER`, `SHOP`, `TIMEOUT` or `REFUNDED`, once closed */
                        closeReason: string | null;
                        /** @description integer fen */
                        goods_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        /** @description integer fen */
                        payable_fen: number;
                        /** @description integer fen */
                        refunded_fen: number;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        lines: {
                            /** @description names the line in a case */
                            id: number;
                            skuId: number;
                            productId: number;
                            name: string | "";
                            /** @description colour and size in words */
                            spec: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            quantity: number;
                            /** @description integer fen */
                            paid_fen: number;
                            shippedQuantity: number;
                            refundedQuantity: number;
                            /** @description integer fen */
                            refunded_fen: number;
                        }[];
                        receiver: string | "";
                        mobile: string | "";
                        address: string | "";
                        remark: string | null;
                        paidAt: string | null;
                        shippedAt: string | null;
                        completedAt: string | null;
                        closedAt: string | null;
                        /** @description when a shipped order completes by itself */
                        dueAt: string | null;
                        canExtend: boolean;
                        shipments: {
                            carrier: string | "";
                            carrierName: string | "";
                            trackingNo: string | "";
                            shippedAt: string | "";
                            lines: {
                                lineId: number;
                                quantity: number;
                            }[];
                        }[];
                        cases: {
                            after_sale_no: string | "";
                            lineId: number;
                            /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                            kind: string | "";
                            kindText: string | "";
                            /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                            state: string | "";
                            stateText: string | "";
                            quantity: number;
                            /** @description integer fen */
                            amount_fen: number;
                            /** @description integer fen */
                            freight_fen: number;
                            reason: string | "";
                            /** @description what the shop says */
                            answer: string | null;
                            carrier: string | null;
                            trackingNo: string | null;
                            /** @description ISO 8601 */
                            createdAt: string | "";
                        }[];
                        events: {
                            event: string | "";
                            /** @description in the shopper’s words */
                            text: string | "";
                            at: string | "";
                            actor: string | "";
                            detail: string | null;
                        }[];
                        /** @description the payment that is open */
                        out_trade_no: string | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success */
        countBadges: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "unpaid": 1,
                 *         "unshipped": 0,
                 *         "shipped": 0,
                 *         "afterSale": 0
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        /** @description at most 100 */
                        unpaid: number;
                        unshipped: number;
                        shipped: number;
                        afterSale: number;
                    };
                };
            };
        };
        /** @description Success, or a refusal with the reason */
        cancelShopOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "订单已取消"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        receiveShopOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已确认收货"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        extendReceipt: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "收货时间已延长",
                 *       "data": {
                 *         "dueAt": "2026-12-12T02:00:00.000Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        /** @description ISO 8601 */
                        dueAt: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        hideShopOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "订单已删除"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listCases: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "after_sale_no": "202611281000000000000000002",
                 *           "lineId": 1,
                 *           "kind": "CANCEL",
                 *           "kindText": "未发货退款",
                 *           "state": "REQUESTED",
                 *           "stateText": "等待商家处理",
                 *           "quantity": 1,
                 *           "amount_fen": 35900,
                 *           "freight_fen": 0,
                 *           "reason": "拍错尺码",
                 *           "answer": null,
                 *           "carrier": null,
                 *           "trackingNo": null,
                 *           "createdAt": "2026-11-28T02:00:00.000Z"
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        after_sale_no: string | "";
                        lineId: number;
                        /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                        kind: string | "";
                        kindText: string | "";
                        /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                        state: string | "";
                        stateText: string | "";
                        quantity: number;
                        /** @description integer fen */
                        amount_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        reason: string | "";
                        /** @description what the shop says */
                        answer: string | null;
                        carrier: string | null;
                        trackingNo: string | null;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        askAfterSale: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "after_sale_no": "202611281000000000000000002",
                 *         "lineId": 1,
                 *         "kind": "CANCEL",
                 *         "kindText": "未发货退款",
                 *         "state": "REQUESTED",
                 *         "stateText": "等待商家处理",
                 *         "quantity": 1,
                 *         "amount_fen": 35900,
                 *         "freight_fen": 0,
                 *         "reason": "拍错尺码",
                 *         "answer": null,
                 *         "carrier": null,
                 *         "trackingNo": null,
                 *         "createdAt": "2026-11-28T02:00:00.000Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        after_sale_no: string | "";
                        lineId: number;
                        /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                        kind: string | "";
                        kindText: string | "";
                        /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                        state: string | "";
                        stateText: string | "";
                        quantity: number;
                        /** @description integer fen */
                        amount_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        reason: string | "";
                        /** @description what the shop says */
                        answer: string | null;
                        carrier: string | null;
                        trackingNo: string | null;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        cancelCase: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "售后申请已撤销"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        sendBack: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "运单号已提交"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        logInAdmin: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "登录成功",
                 *       "data": {
                 *         "token": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
                 *         "expiresAt": "2026-11-27T02:15:00.000Z",
                 *         "admin": {
                 *           "id": 1,
                 *           "username": "demo-owner",
                 *           "role": "owner",
                 *           "permissions": [
                 *             "self",
                 *             "people"
                 *           ]
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        /** @description for `Authorization: Bearer`, a quarter of an hour */
                        token: string | "";
                        /** @description ISO 8601 */
                        expiresAt: string | "";
                        admin: {
                            id: number;
                            username: string | "";
                            /** @description `owner`, `catalogue`, `orders`, `finance` or `auditor` */
                            role: string | "";
                            /** @description what the role may do */
                            permissions: string[];
                        };
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        acceptInvite: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "username": "demo-owner",
                 *         "role": "owner",
                 *         "secret": "LETAODEMOLETAODEMOLETAODEMO22222",
                 *         "otpauth": "otpauth://totp/%E4%B9%90%E6%B7%98:demo-owner?secret=LETAODEMOLETAODEMOLETAODEMO22222&issuer=%E4%B9%90%E6%B7%98&algorithm=SHA1&digits=6&period=30"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        username: string | "";
                        role: string | "";
                        /** @description Base32 */
                        secret: string | "";
                        /** @description what the QR code says */
                        otpauth: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        confirmInvite: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "账号已启用，请登录",
                 *       "data": {
                 *         "username": "demo-owner",
                 *         "role": "owner"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        username: string | "";
                        role: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success */
        renewAdminToken: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "token": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
                 *         "expiresAt": "2026-11-27T02:15:00.000Z",
                 *         "admin": {
                 *           "id": 1,
                 *           "username": "demo-owner",
                 *           "role": "owner",
                 *           "permissions": [
                 *             "self",
                 *             "people"
                 *           ]
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        /** @description for `Authorization: Bearer`, a quarter of an hour */
                        token: string | "";
                        /** @description ISO 8601 */
                        expiresAt: string | "";
                        admin: {
                            id: number;
                            username: string | "";
                            /** @description `owner`, `catalogue`, `orders`, `finance` or `auditor` */
                            role: string | "";
                            /** @description what the role may do */
                            permissions: string[];
                        };
                    };
                };
            };
        };
        /** @description Success */
        logOutAdmin: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已退出登录"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                };
            };
        };
        /** @description Success */
        showAdmin: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "id": 1,
                 *         "username": "demo-owner",
                 *         "role": "owner",
                 *         "permissions": [
                 *           "self",
                 *           "people"
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        username: string | "";
                        /** @description `owner`, `catalogue`, `orders`, `finance` or `auditor` */
                        role: string | "";
                        /** @description what the role may do */
                        permissions: string[];
                    };
                };
            };
        };
        /** @description Success, or a refusal with the reason */
        searchOrders: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "order_no": "202611270930001230000000001",
                 *           "state": "PAID",
                 *           "stateText": "待发货",
                 *           "closeReason": null,
                 *           "goods_fen": 35900,
                 *           "freight_fen": 0,
                 *           "payable_fen": 35900,
                 *           "refunded_fen": 0,
                 *           "createdAt": "2026-11-27T01:30:00.123Z",
                 *           "lines": [
                 *             {
                 *               "id": 1,
                 *               "skuId": 14,
                 *               "productId": 13,
                 *               "name": "凌步 晨风 日常跑鞋",
                 *               "spec": "粉色 35.5码",
                 *               "img": "/images/product13-1.svg",
                 *               "price_fen": 35900,
                 *               "quantity": 1,
                 *               "paid_fen": 35900,
                 *               "shippedQuantity": 0,
                 *               "refundedQuantity": 0,
                 *               "refunded_fen": 0
                 *             }
                 *           ],
                 *           "userId": 7,
                 *           "receiver": "张三",
                 *           "mobile": "138****8000",
                 *           "remark": null
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        order_no: string | "";
                        /** @description `UNPAID`, `PAID`, `PART_SHIPPED`, `SHIPPED`, `COMPLETED` or `CLOSED` */
                        state: string | "";
                        /** @description the state in words */
                        stateText: string | "";
                        /** @description `USER`, `SHOP`, `TIMEOUT` or `REFUNDED`, once closed */
                        closeReason: string | null;
                        /** @description integer fen */
                        goods_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        /** @description integer fen */
                        payable_fen: number;
                        /** @description integer fen */
                        refunded_fen: number;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        lines: {
                            /** @description names the line in a case */
                            id: number;
                            skuId: number;
                            productId: number;
                            name: string | "";
                            /** @description colour and size in words */
                            spec: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            quantity: number;
                            /** @description integer fen */
                            paid_fen: number;
                            shippedQuantity: number;
                            refundedQuantity: number;
                            /** @description integer fen */
                            refunded_fen: number;
                        }[];
                        userId: number;
                        receiver: string | "";
                        /** @description masked */
                        mobile: string | "";
                        remark: string | null;
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        showOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "order_no": "202611270930001230000000001",
                 *         "state": "UNPAID",
                 *         "stateText": "待付款",
                 *         "closeReason": null,
                 *         "goods_fen": 35900,
                 *         "freight_fen": 0,
                 *         "payable_fen": 35900,
                 *         "refunded_fen": 0,
                 *         "createdAt": "2026-11-27T01:30:00.123Z",
                 *         "lines": [
                 *           {
                 *             "id": 1,
                 *             "skuId": 14,
                 *             "productId": 13,
                 *             "name": "凌步 晨风 日常跑鞋",
                 *             "spec": "粉色 35.5码",
                 *             "img": "/images/product13-1.svg",
                 *             "price_fen": 35900,
                 *             "quantity": 1,
                 *             "paid_fen": 35900,
                 *             "shippedQuantity": 0,
                 *             "refundedQuantity": 0,
                 *             "refunded_fen": 0
                 *           }
                 *         ],
                 *         "receiver": "张三",
                 *         "mobile": "13800138000",
                 *         "address": "广东省深圳市南山区 科技园路1号1栋101",
                 *         "remark": null,
                 *         "paidAt": null,
                 *         "shippedAt": null,
                 *         "completedAt": null,
                 *         "closedAt": null,
                 *         "dueAt": null,
                 *         "canExtend": false,
                 *         "shipments": [],
                 *         "cases": [],
                 *         "events": [
                 *           {
                 *             "event": "placed",
                 *             "text": "提交订单",
                 *             "at": "2026-11-27T01:30:00.123Z",
                 *             "actor": "user:7",
                 *             "detail": null,
                 *             "who": "顾客"
                 *           }
                 *         ],
                 *         "userId": 7,
                 *         "canShip": false,
                 *         "canCancel": true,
                 *         "carriers": [
                 *           {
                 *             "code": "SF",
                 *             "name": "顺丰速运"
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        order_no: string | "";
                        /** @description `UNPAID`, `PAID`, `PART_SHIPPED`, `SHIPPED`, `COMPLETED` or `CLOSED` */
                        state: string | "";
                        /** @description the state in words */
                        stateText: string | "";
                        /** @description `USER`, `SHOP`, `TIMEOUT` or `REFUNDED`, once closed */
                        closeReason: string | null;
                        /** @description integer fen */
                        goods_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        /** @description integer fen */
                        payable_fen: number;
                        /** @description integer fen */
                        refunded_fen: number;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        lines: {
                            /** @description names the line in a case */
                            id: number;
                            skuId: number;
                            productId: number;
                            name: string | "";
                            /** @description colour and size in words */
                            spec: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            quantity: number;
                            /** @description integer fen */
                            paid_fen: number;
                            shippedQuantity: number;
                            refundedQuantity: number;
                            /** @description integer fen */
                            refunded_fen: number;
                        }[];
                        receiver: string | "";
                        mobile: string | "";
                        address: string | "";
                        remark: string | null;
                        paidAt: string | null;
                        shippedAt: string | null;
                        completedAt: string | null;
                        closedAt: string | null;
                        /** @description when a shipped order completes by itself */
                        dueAt: string | null;
                        canExtend: boolean;
                        shipments: {
                            carrier: string | "";
                            carrierName: string | "";
                            trackingNo: string | "";
                            shippedAt: string | "";
                            lines: {
                                lineId: number;
                                quantity: number;
                            }[];
                        }[];
                        cases: {
                            after_sale_no: string | "";
                            lineId: number;
                            /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                            kind: string | "";
                            kindText: string | "";
                            /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                            state: string | "";
                            stateText: string | "";
                            quantity: number;
                            /** @description integer fen */
                            amount_fen: number;
                            /** @description integer fen */
                            freight_fen: number;
                            reason: string | "";
                            /** @description what the shop says */
                            answer: string | null;
                            carrier: string | null;
                            trackingNo: string | null;
                            /** @description ISO 8601 */
                            createdAt: string | "";
                        }[];
                        events: {
                            event: string | "";
                            /** @description in the shopper’s words */
                            text: string | "";
                            at: string | "";
                            actor: string | "";
                            detail: string | null;
                            /** @description a colleague’s name, or who else it was */
                            who: string | "";
                        }[];
                        userId: number;
                        canShip: boolean;
                        canCancel: boolean;
                        carriers: {
                            code: string | "";
                            name: string | "";
                        }[];
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listPacking: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "order_no": "202611270930001230000000001",
                 *           "createdAt": "2026-11-27T01:30:00.123Z",
                 *           "receiver": "张三",
                 *           "mobile": "13800138000",
                 *           "address": "广东省深圳市南山区 科技园路1号1栋101",
                 *           "remark": null,
                 *           "lines": [
                 *             {
                 *               "lineId": 1,
                 *               "name": "凌步 晨风 日常跑鞋",
                 *               "spec": "粉色 35.5码",
                 *               "skuCode": "LB13-355",
                 *               "quantity": 1
                 *             }
                 *           ]
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        order_no: string | "";
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        receiver: string | "";
                        mobile: string | "";
                        address: string | "";
                        remark: string | null;
                        lines: {
                            lineId: number;
                            name: string | "";
                            spec: string | "";
                            skuCode: string | "";
                            quantity: number;
                        }[];
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        shipOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已发货",
                 *       "data": {
                 *         "order_no": "202611270930001230000000001",
                 *         "state": "SHIPPED",
                 *         "stateText": "待收货"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        order_no: string | "";
                        state: string | "";
                        stateText: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        correctReceiver: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "收货信息已更正",
                 *       "data": {
                 *         "order_no": "202611270930001230000000001",
                 *         "state": "PAID",
                 *         "stateText": "待发货"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        order_no: string | "";
                        state: string | "";
                        stateText: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        correctParcel: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "运单号已更正",
                 *       "data": {
                 *         "order_no": "202611270930001230000000001",
                 *         "state": "SHIPPED",
                 *         "stateText": "待收货"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        order_no: string | "";
                        state: string | "";
                        stateText: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        cancelOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "订单已取消",
                 *       "data": {
                 *         "order_no": "202611270930001230000000001",
                 *         "state": "CLOSED",
                 *         "stateText": "交易关闭"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        order_no: string | "";
                        state: string | "";
                        stateText: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        searchCases: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "after_sale_no": "202611281000000000000000002",
                 *           "lineId": 1,
                 *           "kind": "CANCEL",
                 *           "kindText": "未发货退款",
                 *           "state": "REQUESTED",
                 *           "stateText": "等待商家处理",
                 *           "quantity": 1,
                 *           "amount_fen": 35900,
                 *           "freight_fen": 0,
                 *           "reason": "拍错尺码",
                 *           "answer": null,
                 *           "carrier": null,
                 *           "trackingNo": null,
                 *           "createdAt": "2026-11-28T02:00:00.000Z",
                 *           "order_no": "202611270930001230000000001",
                 *           "decidedBy": null,
                 *           "releasedBy": null,
                 *           "restock": null,
                 *           "refundNo": null
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        after_sale_no: string | "";
                        lineId: number;
                        /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                        kind: string | "";
                        kindText: string | "";
                        /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                        state: string | "";
                        stateText: string | "";
                        quantity: number;
                        /** @description integer fen */
                        amount_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        reason: string | "";
                        /** @description what the shop says */
                        answer: string | null;
                        carrier: string | null;
                        trackingNo: string | null;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        order_no: string | "";
                        /** @description `null`: nobody yet, or a timer */
                        decidedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        /** @description `null`: nobody yet, or a timer */
                        releasedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        restock: boolean | null;
                        /** @description the number of the refund, once released */
                        refundNo: string | null;
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        showCase: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "after_sale_no": "202611281000000000000000002",
                 *         "lineId": 1,
                 *         "kind": "CANCEL",
                 *         "kindText": "未发货退款",
                 *         "state": "REQUESTED",
                 *         "stateText": "等待商家处理",
                 *         "quantity": 1,
                 *         "amount_fen": 35900,
                 *         "freight_fen": 0,
                 *         "reason": "拍错尺码",
                 *         "answer": null,
                 *         "carrier": null,
                 *         "trackingNo": null,
                 *         "createdAt": "2026-11-28T02:00:00.000Z",
                 *         "order_no": "202611270930001230000000001",
                 *         "decidedBy": null,
                 *         "releasedBy": null,
                 *         "restock": null,
                 *         "refundNo": null,
                 *         "line": {
                 *           "id": 1,
                 *           "skuId": 14,
                 *           "productId": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "spec": "粉色 35.5码",
                 *           "img": "/images/product13-1.svg",
                 *           "price_fen": 35900,
                 *           "quantity": 1,
                 *           "paid_fen": 35900,
                 *           "shippedQuantity": 0,
                 *           "refundedQuantity": 0,
                 *           "refunded_fen": 0
                 *         },
                 *         "order": {
                 *           "order_no": "202611270930001230000000001",
                 *           "state": "PAID",
                 *           "stateText": "待发货",
                 *           "closeReason": null,
                 *           "goods_fen": 35900,
                 *           "freight_fen": 0,
                 *           "payable_fen": 35900,
                 *           "refunded_fen": 0,
                 *           "createdAt": "2026-11-27T01:30:00.123Z",
                 *           "lines": [
                 *             {
                 *               "id": 1,
                 *               "skuId": 14,
                 *               "productId": 13,
                 *               "name": "凌步 晨风 日常跑鞋",
                 *               "spec": "粉色 35.5码",
                 *               "img": "/images/product13-1.svg",
                 *               "price_fen": 35900,
                 *               "quantity": 1,
                 *               "paid_fen": 35900,
                 *               "shippedQuantity": 0,
                 *               "refundedQuantity": 0,
                 *               "refunded_fen": 0
                 *             }
                 *           ],
                 *           "userId": 7,
                 *           "receiver": "张三",
                 *           "mobile": "138****8000",
                 *           "remark": null
                 *         },
                 *         "can": {
                 *           "decide": true,
                 *           "inspect": false,
                 *           "release": false
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        after_sale_no: string | "";
                        lineId: number;
                        /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                        kind: string | "";
                        kindText: string | "";
                        /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                        state: string | "";
                        stateText: string | "";
                        quantity: number;
                        /** @description integer fen */
                        amount_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        reason: string | "";
                        /** @description what the shop says */
                        answer: string | null;
                        carrier: string | null;
                        trackingNo: string | null;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        order_no: string | "";
                        /** @description `null`: nobody yet, or a timer */
                        decidedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        /** @description `null`: nobody yet, or a timer */
                        releasedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        restock: boolean | null;
                        /** @description the number of the refund, once released */
                        refundNo: string | null;
                        line: {
                            /** @description names the line in a case */
                            id: number;
                            skuId: number;
                            productId: number;
                            name: string | "";
                            /** @description colour and size in words */
                            spec: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            quantity: number;
                            /** @description integer fen */
                            paid_fen: number;
                            shippedQuantity: number;
                            refundedQuantity: number;
                            /** @description integer fen */
                            refunded_fen: number;
                        };
                        order: {
                            order_no: string | "";
                            /** @description `UNPAID`, `PAID`, `PART_SHIPPED`, `SHIPPED`, `COMPLETED` or `CLOSED` */
                            state: string | "";
                            /** @description the state in words */
                            stateText: string | "";
                            /** @description `USER`, `SHOP`, `TIMEOUT` or `REFUNDED`, once closed */
                            closeReason: string | null;
                            /** @description integer fen */
                            goods_fen: number;
                            /** @description integer fen */
                            freight_fen: number;
                            /** @description integer fen */
                            payable_fen: number;
                            /** @description integer fen */
                            refunded_fen: number;
                            /** @description ISO 8601 */
                            createdAt: string | "";
                            lines: {
                                /** @description names the line in a case */
                                id: number;
                                skuId: number;
                                productId: number;
                                name: string | "";
                                /** @description colour and size in words */
                                spec: string | "";
                                img: string | "";
                                /** @description integer fen */
                                price_fen: number;
                                quantity: number;
                                /** @description integer fen */
                                paid_fen: number;
                                shippedQuantity: number;
                                refundedQuantity: number;
                                /** @description integer fen */
                                refunded_fen: number;
                            }[];
                            userId: number;
                            receiver: string | "";
                            /** @description masked */
                            mobile: string | "";
                            remark: string | null;
                        };
                        can: {
                            decide: boolean;
                            inspect: boolean;
                            release: boolean;
                        };
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        decideCase: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "after_sale_no": "202611281000000000000000002",
                 *         "lineId": 1,
                 *         "kind": "CANCEL",
                 *         "kindText": "未发货退款",
                 *         "state": "REQUESTED",
                 *         "stateText": "等待商家处理",
                 *         "quantity": 1,
                 *         "amount_fen": 35900,
                 *         "freight_fen": 0,
                 *         "reason": "拍错尺码",
                 *         "answer": null,
                 *         "carrier": null,
                 *         "trackingNo": null,
                 *         "createdAt": "2026-11-28T02:00:00.000Z",
                 *         "order_no": "202611270930001230000000001",
                 *         "decidedBy": null,
                 *         "releasedBy": null,
                 *         "restock": null,
                 *         "refundNo": null
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        after_sale_no: string | "";
                        lineId: number;
                        /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                        kind: string | "";
                        kindText: string | "";
                        /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                        state: string | "";
                        stateText: string | "";
                        quantity: number;
                        /** @description integer fen */
                        amount_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        reason: string | "";
                        /** @description what the shop says */
                        answer: string | null;
                        carrier: string | null;
                        trackingNo: string | null;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        order_no: string | "";
                        /** @description `null`: nobody yet, or a timer */
                        decidedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        /** @description `null`: nobody yet, or a timer */
                        releasedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        restock: boolean | null;
                        /** @description the number of the refund, once released */
                        refundNo: string | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        inspectCase: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "after_sale_no": "202611281000000000000000002",
                 *         "lineId": 1,
                 *         "kind": "CANCEL",
                 *         "kindText": "未发货退款",
                 *         "state": "REQUESTED",
                 *         "stateText": "等待商家处理",
                 *         "quantity": 1,
                 *         "amount_fen": 35900,
                 *         "freight_fen": 0,
                 *         "reason": "拍错尺码",
                 *         "answer": null,
                 *         "carrier": null,
                 *         "trackingNo": null,
                 *         "createdAt": "2026-11-28T02:00:00.000Z",
                 *         "order_no": "202611270930001230000000001",
                 *         "decidedBy": null,
                 *         "releasedBy": null,
                 *         "restock": null,
                 *         "refundNo": null
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        after_sale_no: string | "";
                        lineId: number;
                        /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                        kind: string | "";
                        kindText: string | "";
                        /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                        state: string | "";
                        stateText: string | "";
                        quantity: number;
                        /** @description integer fen */
                        amount_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        reason: string | "";
                        /** @description what the shop says */
                        answer: string | null;
                        carrier: string | null;
                        trackingNo: string | null;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        order_no: string | "";
                        /** @description `null`: nobody yet, or a timer */
                        decidedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        /** @description `null`: nobody yet, or a timer */
                        releasedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        restock: boolean | null;
                        /** @description the number of the refund, once released */
                        refundNo: string | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        releaseCase: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已放款，退款将在几分钟内提交给微信支付",
                 *       "data": {
                 *         "after_sale_no": "202611281000000000000000002",
                 *         "lineId": 1,
                 *         "kind": "CANCEL",
                 *         "kindText": "未发货退款",
                 *         "state": "REFUNDING",
                 *         "stateText": "退款中",
                 *         "quantity": 1,
                 *         "amount_fen": 35900,
                 *         "freight_fen": 0,
                 *         "reason": "拍错尺码",
                 *         "answer": null,
                 *         "carrier": null,
                 *         "trackingNo": null,
                 *         "createdAt": "2026-11-28T02:00:00.000Z",
                 *         "order_no": "202611270930001230000000001",
                 *         "decidedBy": {
                 *           "id": 2,
                 *           "username": "li.na"
                 *         },
                 *         "releasedBy": {
                 *           "id": 3,
                 *           "username": "zhao"
                 *         },
                 *         "restock": null,
                 *         "refundNo": "AS202611281000000000000000002"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        after_sale_no: string | "";
                        lineId: number;
                        /** @description `CANCEL` before shipping, `REFUND_ONLY` and `RETURN` after it */
                        kind: string | "";
                        kindText: string | "";
                        /** @description `REQUESTED`, `AWAIT_RETURN`, `RETURNING`, `APPROVED`, `REFUNDING`, `REFUNDED`, `REJECTED` or `CANCELLED` */
                        state: string | "";
                        stateText: string | "";
                        quantity: number;
                        /** @description integer fen */
                        amount_fen: number;
                        /** @description integer fen */
                        freight_fen: number;
                        reason: string | "";
                        /** @description what the shop says */
                        answer: string | null;
                        carrier: string | null;
                        trackingNo: string | null;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                        order_no: string | "";
                        /** @description `null`: nobody yet, or a timer */
                        decidedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        /** @description `null`: nobody yet, or a timer */
                        releasedBy: {
                            id: number;
                            username: string | "";
                        } | null;
                        restock: boolean | null;
                        /** @description the number of the refund, once released */
                        refundNo: string | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listMoney: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 7,
                 *           "kind": "paid_late",
                 *           "out_trade_no": "202611270930001230000000007",
                 *           "order_no": "202611270930001230000000001",
                 *           "state": "CLOSED",
                 *           "total_fen": 35900,
                 *           "payments": [
                 *             {
                 *               "transaction_id": "4200001234202611270000000001",
                 *               "amount_fen": 35900,
                 *               "refunded_fen": 0,
                 *               "paidAt": "20261127093512",
                 *               "isHeld": false,
                 *               "waiting": null
                 *             }
                 *           ]
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        /** @description `yyyyMMdd`, Beijing time */
                        bill_date: string | "";
                        /** @description `paid_there_not_here`, `missing_there`, `amount`, `refund_there_not_here`, `refund_missing_there` or `refund_amount` */
                        kind: string | "";
                        out_trade_no: string | "";
                        transaction_id: string | "";
                        out_refund_no: string | "";
                        here_fen: number | null;
                        there_fen: number | null;
                        /** @description ISO 8601 */
                        foundAt: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        /** @description `paid_late` or `paid_twice` */
                        kind: string | "";
                        out_trade_no: string | "";
                        order_no: string | null;
                        /** @description of the business order */
                        state: string | null;
                        /** @description integer fen */
                        total_fen: number;
                        payments: {
                            transaction_id: string | "";
                            /** @description integer fen */
                            amount_fen: number;
                            /** @description integer fen */
                            refunded_fen: number;
                            /** @description `yyyyMMddHHmmss`, Beijing time */
                            paidAt: string | null;
                            /** @description the order lives on it: given back as a case, or by ops */
                            isHeld: boolean;
                            /** @description for a second person */
                            waiting: {
                                approvalId: number;
                                askedBy: {
                                    id: number;
                                    username: string | "";
                                };
                            } | null;
                        }[];
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        out_refund_no: string | "";
                        out_trade_no: string | "";
                        transaction_id: string | "";
                        /** @description integer fen */
                        refund_fen: number;
                        /** @description integer fen */
                        total_fen: number;
                        /** @description `ops`, `late`, `platform` or `after_sale` */
                        origin: string | "";
                        /** @description `PROCESSING`: refused for now; `CHANGE`: the payer's account is gone */
                        status: string | "";
                        refusals: number;
                        refusalCode: string | null;
                        refusalText: string | null;
                        /** @description when it is tried again */
                        dueAt: string | null;
                        /** @description ISO 8601 */
                        createdAt: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        retryRefund: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "将在几分钟内重新提交给微信支付"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        cancelRefund: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "退款已取消",
                 *       "data": {
                 *         "out_refund_no": "AS202611281000000000000000002",
                 *         "status": "CLOSED"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        out_refund_no: string | "";
                        status: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        askLateRefund: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已提交，等待另一位同事放款",
                 *       "data": {
                 *         "approvalId": 3
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        approvalId: number;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        releaseLateRefund: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已放款，退款将在几分钟内提交给微信支付",
                 *       "data": {
                 *         "out_refund_no": "LATE4200001234202611270000000001A3"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        /** @description `null`: refused */
                        out_refund_no: string | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        clearMoney: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已标记为处理完毕"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        readFeed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "name": null,
                 *           "img": "/images/banner1.svg",
                 *           "imgUrl": "/images/banner1.svg",
                 *           "link": "/product/1",
                 *           "position": 0,
                 *           "startsAt": null,
                 *           "endsAt": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        /** @description of a banner, an entry of the grid, a product, a brand */
                        id: number;
                        /** @description banners have none */
                        name: string | null;
                        /** @description as it is stored: what is sent back */
                        img: string | null;
                        /** @description where it can be seen */
                        imgUrl: string | null;
                        /** @description only banners and the grid have one */
                        link: string | null;
                        position: number;
                        /** @description ISO 8601 */
                        startsAt: string | null;
                        /** @description ISO 8601 */
                        endsAt: string | null;
                    }[];
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        saveFeedEntry: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已保存",
                 *       "data": {
                 *         "id": 1
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        id: number;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        addToFeed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已加入",
                 *       "data": {
                 *         "id": 1
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        id: number;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        removeFromFeed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已移除",
                 *       "data": {
                 *         "id": 1
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        id: number;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        orderFeed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "顺序已保存",
                 *       "data": {
                 *         "ids": [
                 *           2,
                 *           1,
                 *           3,
                 *           4
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        ids: number[];
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        askPictureUpload: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "path": "/p/202611/Xk2vQ8nL0sT4bR7yWc1dZg.jpg",
                 *         "url": "https://pics-1250000000.cos.ap-guangzhou.myqcloud.com/p/202611/Xk2vQ8nL0sT4bR7yWc1dZg.jpg?q-sign-algorithm=sha1&q-ak=…",
                 *         "headers": {
                 *           "content-type": "image/jpeg",
                 *           "x-cos-forbid-overwrite": "true"
                 *         },
                 *         "expiresAt": "2026-11-27T02:10:00.000Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        /** @description what `productSave` and `feedSave` take once it is confirmed */
                        path: string | "";
                        url: string | "";
                        headers: {
                            "content-type": string | "";
                            "x-cos-forbid-overwrite": string | "";
                        };
                        /** @description ISO 8601 */
                        expiresAt: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        confirmPicture: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "path": "/p/202611/Xk2vQ8nL0sT4bR7yWc1dZg.jpg",
                 *         "url": "/p/202611/Xk2vQ8nL0sT4bR7yWc1dZg.jpg",
                 *         "bytes": 182044,
                 *         "width": 1200,
                 *         "height": 1200
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        path: string | "";
                        /** @description where it can be seen */
                        url: string | "";
                        bytes: number;
                        /** @description pixels */
                        width: number;
                        height: number;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        exportOrders: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "filename": "orders-20261127.csv",
                 *         "csv": "﻿订单号,状态\r\n'202611270930001230000000001,待发货\r\n"
                 *       },
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        filename: string | "";
                        /** @description RFC 4180; the first page begins with a byte order mark and the names of the columns */
                        csv: string | "";
                    };
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        exportStock: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "filename": "stock-20261127.csv",
                 *         "csv": "﻿商品规格编号,编码,商品,规格,在售,售价(元),可售,已预留\r\n13,P13-1,试鞋,黑色 38码,是,499.00,13,0\r\n"
                 *       },
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        filename: string | "";
                        /** @description RFC 4180; the first page begins with a byte order mark and the names of the columns */
                        csv: string | "";
                    };
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        readAudit: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 12,
                 *           "at": "2026-11-27T02:00:00.000Z",
                 *           "admin": {
                 *             "id": 2,
                 *             "username": "li.na"
                 *           },
                 *           "action": "order.ship",
                 *           "target": "order:202611270930001230000000001",
                 *           "before": null,
                 *           "after": {
                 *             "carrier": "SF",
                 *             "trackingNo": "SF1234567890"
                 *           },
                 *           "address": "203.0.113.9",
                 *           "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        /** @description ISO 8601 */
                        at: string | "";
                        /** @description `null`: ops */
                        admin: {
                            id: number;
                            username: string | "";
                        } | null;
                        action: string | "";
                        target: string | "";
                        before?: unknown;
                        after?: unknown;
                        address: string | null;
                        requestId: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success */
        listPeople: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 1,
                 *           "username": "demo-owner",
                 *           "role": "owner",
                 *           "state": "ACTIVE",
                 *           "mobile": "138****8000",
                 *           "lastLoginAt": "2026-11-27T02:00:00.000Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        username: string | "";
                        role: string | "";
                        /** @description `ACTIVE` or `SUSPENDED` */
                        state: string | "";
                        /** @description masked */
                        mobile: string | "";
                        lastLoginAt: string | null;
                    }[];
                };
            };
        };
        /** @description Success, or a refusal with the reason */
        invitePerson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "邀请已生成",
                 *       "data": {
                 *         "expiresAt": "2026-11-28T02:00:00.000Z"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        /** @description ISO 8601 */
                        expiresAt: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        suspendPerson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "账号已停用"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listProductsForDesk: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "subtitle": "轻软回弹 每天五公里",
                 *           "img": "/images/product13-1.svg",
                 *           "imgUrl": "/images/product13-1.svg",
                 *           "price_fen": 35900,
                 *           "old_price_fen": 46900,
                 *           "brandId": 1,
                 *           "categoryId": 1,
                 *           "gender": "women",
                 *           "onSale": true
                 *         }
                 *       ],
                 *       "nextCursor": "13"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        name: string | "";
                        subtitle: string | null;
                        /** @description path of the picture, as it is stored */
                        img: string | "";
                        /** @description where it can be seen */
                        imgUrl: string | "";
                        /** @description integer fen */
                        price_fen: number;
                        /** @description integer fen */
                        old_price_fen: number;
                        brandId: number | null;
                        categoryId: number | null;
                        /** @description `women`, `men` or `unisex` */
                        gender: string | "";
                        onSale: boolean;
                    }[];
                    /** @description where the next page begins; `null`: this was the last. A short page need not be the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        showProductForDesk: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "id": 13,
                 *         "name": "凌步 晨风 日常跑鞋",
                 *         "subtitle": "轻软回弹 每天五公里",
                 *         "img": "/images/product13-1.svg",
                 *         "imgUrl": "/images/product13-1.svg",
                 *         "price_fen": 35900,
                 *         "old_price_fen": 46900,
                 *         "brandId": 1,
                 *         "categoryId": 1,
                 *         "gender": "women",
                 *         "onSale": true,
                 *         "material": null,
                 *         "detail": null,
                 *         "zone": null,
                 *         "pictures": [
                 *           "/images/product13-pair.svg"
                 *         ],
                 *         "pictureUrls": [
                 *           "/images/product13-pair.svg"
                 *         ],
                 *         "skus": [
                 *           {
                 *             "id": 13,
                 *             "skuCode": "LB-13-P-220",
                 *             "colour": "粉色",
                 *             "sizeMm": 220,
                 *             "euX10": 350,
                 *             "usX10": 50,
                 *             "spec": "粉色 35码",
                 *             "price_fen": 35900,
                 *             "maxPerOrder": null,
                 *             "onSale": true,
                 *             "countsStock": true,
                 *             "available": 13,
                 *             "reserved": 0
                 *           }
                 *         ],
                 *         "waiting": null
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        name: string | "";
                        subtitle: string | null;
                        /** @description path of the picture, as it is stored */
                        img: string | "";
                        /** @description where it can be seen */
                        imgUrl: string | "";
                        /** @description integer fen */
                        price_fen: number;
                        /** @description integer fen */
                        old_price_fen: number;
                        brandId: number | null;
                        categoryId: number | null;
                        /** @description `women`, `men` or `unisex` */
                        gender: string | "";
                        onSale: boolean;
                        material: string | null;
                        detail: string | null;
                        /** @description `sports`: shown by that feed */
                        zone: string | null;
                        pictures: string[];
                        pictureUrls: string[];
                        skus: {
                            id: number;
                            skuCode: string | "";
                            colour: string | "";
                            /** @description length of the foot; 0: no sizes */
                            sizeMm: number;
                            /** @description EU size in tenths */
                            euX10: number | null;
                            usX10: number | null;
                            spec: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            maxPerOrder: number | null;
                            onSale: boolean;
                            countsStock: boolean;
                            available: number;
                            reserved: number;
                        }[];
                        waiting: {
                            approvalId: number;
                            askedBy: number;
                        } | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        saveProduct: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "id": 73,
                 *         "approvalId": null
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        /** @description set: it waits for a second person, and nothing was changed */
                        approvalId: number | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        saveSkus: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "id": 13,
                 *         "approvalId": null
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        /** @description set: it waits for a second person, and nothing was changed */
                        approvalId: number | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        importSkus: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "created": 1,
                 *         "changed": 0,
                 *         "unchanged": 0,
                 *         "applied": false
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        /** @description new SKUs */
                        created: number;
                        changed: number;
                        /** @description lines that say what is there */
                        unchanged: number;
                        /** @description `false`: it was only looked at */
                        applied: boolean;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listPriceWishes: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "approvalId": 3,
                 *           "target": "product:13",
                 *           "detail": {
                 *             "product": {
                 *               "id": 13,
                 *               "price_fen": 5900
                 *             }
                 *           },
                 *           "askedBy": 1,
                 *           "askedAt": "2026-11-27T02:00:00.000Z"
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        approvalId: number;
                        target: string | "";
                        /** @description what is to be done */
                        detail: {
                            [key: string]: unknown;
                        };
                        /** @description who wants it: somebody else decides */
                        askedBy: number;
                        /** @description ISO 8601 */
                        askedAt: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last. A short page need not be the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        decidePrice: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已按新价格更新"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listStock: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "skuId": 14,
                 *           "skuCode": "LB-13-P-225",
                 *           "productId": 13,
                 *           "name": "凌步 晨风 日常跑鞋",
                 *           "spec": "粉色 35.5码",
                 *           "countsStock": true,
                 *           "onSale": true,
                 *           "available": 2,
                 *           "reserved": 1,
                 *           "hot": false
                 *         }
                 *       ],
                 *       "nextCursor": "14"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        skuId: number;
                        skuCode: string | "";
                        productId: number;
                        name: string | "";
                        spec: string | "";
                        countsStock: boolean;
                        onSale: boolean;
                        /** @description can be ordered */
                        available: number;
                        /** @description ordered, not shipped */
                        reserved: number;
                        hot: boolean;
                    }[];
                    /** @description where the next page begins; `null`: this was the last. A short page need not be the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listStockMoves: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "id": 9,
                 *           "kind": "adjust",
                 *           "ref": "Acount-2026-11",
                 *           "quantity": 12,
                 *           "at": "2026-11-27T02:00:00.000Z"
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        id: number;
                        /** @description `reserve`, `release`, `ship`, `restock` or `adjust` */
                        kind: string | "";
                        /** @description the order, case or count that it belongs to */
                        ref: string | "";
                        quantity: number;
                        /** @description ISO 8601 */
                        at: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last. A short page need not be the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        adjustStock: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "available": 15,
                 *         "approvalId": null
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        available: number;
                        /** @description set: it waits */
                        approvalId: number | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        markHot: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "hot": true
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        hot: boolean;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listStockWishes: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "approvalId": 3,
                 *           "target": "sku:14",
                 *           "detail": {
                 *             "skuId": 14,
                 *             "delta": 600,
                 *             "reason": "到货",
                 *             "ref": "arrival-88"
                 *           },
                 *           "askedBy": 1,
                 *           "askedAt": "2026-11-27T02:00:00.000Z"
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        approvalId: number;
                        target: string | "";
                        /** @description what is to be done */
                        detail: {
                            [key: string]: unknown;
                        };
                        /** @description who wants it: somebody else decides */
                        askedBy: number;
                        /** @description ISO 8601 */
                        askedAt: string | "";
                    }[];
                    /** @description where the next page begins; `null`: this was the last. A short page need not be the last */
                    nextCursor: string | null;
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        decideStock: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "已驳回"
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description `SUCCESS` only after the fact is durably recorded; otherwise `FAIL` and the reason, so that it is sent again */
        payNotify: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "text/xml": string;
            };
        };
        /** @description Success, or a refusal with the reason */
        queryOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": {
                 *         "out_trade_no": "20241122113456000000000000000001",
                 *         "total_fee": 49900,
                 *         "trade_state": "NOTPAY",
                 *         "trade_state_desc": "订单未支付"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        out_trade_no: string | "";
                        /** @description integer fen */
                        total_fee: number;
                        /** @enum {unknown} */
                        trade_state: "NOTPAY" | "USERPAYING" | "SUCCESS" | "CLOSED" | "REVOKED" | "PAYERROR" | "REFUND";
                        /** @description the state in words */
                        trade_state_desc: string | "";
                        /** @description WeChat Pay's number, once paid */
                        transaction_id?: string | null;
                        /** @description yyyyMMddHHmmss in Beijing time, once paid */
                        time_end?: string | null;
                        /** @description integer fen, once paid */
                        cash_fee?: number | null;
                        /** @description once paid */
                        bank_type?: string | null;
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        listOrders: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "data": [
                 *         {
                 *           "out_trade_no": "20241122113456000000000000000001",
                 *           "body": "乐淘-凌步 云弹缓震跑鞋",
                 *           "total_fee": 49900,
                 *           "trade_state": "NOTPAY",
                 *           "trade_state_desc": "订单未支付",
                 *           "created_at": "2024-11-22T03:34:56.000Z",
                 *           "refund_fee": 0,
                 *           "items": [
                 *             {
                 *               "productId": 1,
                 *               "name": "凌步 云弹缓震跑鞋",
                 *               "img": "/images/product1.svg",
                 *               "price_fen": 49900,
                 *               "quantity": 1
                 *             }
                 *           ]
                 *         }
                 *       ],
                 *       "nextCursor": null
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    data: {
                        out_trade_no: string | "";
                        /** @description what was bought, in words */
                        body: string | "";
                        /** @description integer fen */
                        total_fee: number;
                        /** @enum {unknown} */
                        trade_state: "NOTPAY" | "USERPAYING" | "SUCCESS" | "CLOSED" | "REVOKED" | "PAYERROR" | "REFUND";
                        /** @description the state in words */
                        trade_state_desc: string | "";
                        /** @description ISO 8601; `null` in orders of the Koa shop */
                        created_at: string | null;
                        /** @description WeChat Pay's number, once paid */
                        transaction_id?: string | null;
                        /** @description yyyyMMddHHmmss in Beijing time, once paid */
                        time_end?: string | null;
                        /** @description integer fen, once paid */
                        cash_fee?: number | null;
                        /** @description integer fen that were given back, or are on their way */
                        refund_fee: number;
                        items: {
                            productId: number;
                            name: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            quantity: number;
                        }[];
                    }[];
                    /** @description `cursor` of the next page */
                    nextCursor: string | null;
                } | {
                    /** @constant */
                    status: 200;
                    data: {
                        out_trade_no: string | "";
                        /** @description what was bought, in words */
                        body: string | "";
                        /** @description integer fen */
                        total_fee: number;
                        /** @enum {unknown} */
                        trade_state: "NOTPAY" | "USERPAYING" | "SUCCESS" | "CLOSED" | "REVOKED" | "PAYERROR" | "REFUND";
                        /** @description the state in words */
                        trade_state_desc: string | "";
                        /** @description ISO 8601; `null` in orders of the Koa shop */
                        created_at: string | null;
                        /** @description WeChat Pay's number, once paid */
                        transaction_id?: string | null;
                        /** @description yyyyMMddHHmmss in Beijing time, once paid */
                        time_end?: string | null;
                        /** @description integer fen, once paid */
                        cash_fee?: number | null;
                        /** @description integer fen that were given back, or are on their way */
                        refund_fee: number;
                        items: {
                            productId: number;
                            name: string | "";
                            img: string | "";
                            /** @description integer fen */
                            price_fen: number;
                            quantity: number;
                        }[];
                        history: {
                            /** @description ISO 8601 */
                            at: string | "";
                            /** @enum {unknown} */
                            event: "created" | "paid" | "closed" | "refund";
                            /** @description Chinese, fit to show a shopper */
                            text: string | "";
                        }[];
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description Success, or a refusal with the reason */
        closeOrder: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 200,
                 *       "msg": "订单已关闭",
                 *       "data": {
                 *         "out_trade_no": "20241122113456000000000000000001",
                 *         "trade_state": "CLOSED",
                 *         "trade_state_desc": "订单已关闭"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @constant */
                    status: 200;
                    msg: string | "";
                    data: {
                        out_trade_no: string | "";
                        /** @enum {unknown} */
                        trade_state: "NOTPAY" | "USERPAYING" | "SUCCESS" | "CLOSED" | "REVOKED" | "PAYERROR" | "REFUND";
                        trade_state_desc: string | "";
                    };
                } | components["schemas"]["Refusal"];
            };
        };
        /** @description `SUCCESS` only after the fact is durably recorded; otherwise `FAIL` and the reason, so that it is sent again */
        refundNotify: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "text/xml": string;
            };
        };
        /** @description 请求内容无法解析 */
        Fault400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 400,
                 *       "msg": "请求内容无法解析",
                 *       "message": "请求内容无法解析",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 请先登录 */
        Fault401: {
            headers: {
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 401,
                 *       "msg": "请先登录",
                 *       "message": "请先登录",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 没有权限进行此操作 */
        Fault403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 403,
                 *       "msg": "没有权限进行此操作",
                 *       "message": "没有权限进行此操作",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 接口不存在 */
        Fault404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 404,
                 *       "msg": "接口不存在",
                 *       "message": "接口不存在",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 请求方法不被允许 */
        Fault405: {
            headers: {
                Allow?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 405,
                 *       "msg": "请求方法不被允许",
                 *       "message": "请求方法不被允许",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 请求内容过大 */
        Fault413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 413,
                 *       "msg": "请求内容过大",
                 *       "message": "请求内容过大",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 不支持的请求格式 */
        Fault415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 415,
                 *       "msg": "不支持的请求格式",
                 *       "message": "不支持的请求格式",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 操作太频繁，请稍后再试 */
        Fault429: {
            headers: {
                /** @description seconds */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 429,
                 *       "msg": "操作太频繁，请稍后再试",
                 *       "message": "操作太频繁，请稍后再试",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 服务器开小差了，请稍后再试 */
        Fault500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 500,
                 *       "msg": "服务器开小差了，请稍后再试",
                 *       "message": "服务器开小差了，请稍后再试",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 上游服务暂时不可用，请稍后再试 */
        Fault502: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 502,
                 *       "msg": "上游服务暂时不可用，请稍后再试",
                 *       "message": "上游服务暂时不可用，请稍后再试",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description 系统繁忙，请稍后再试 */
        Fault503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": 503,
                 *       "msg": "系统繁忙，请稍后再试",
                 *       "message": "系统繁忙，请稍后再试",
                 *       "requestId": "5f8b3c1e-7d0a-4a52-9d3e-2f6f1b0c9a77"
                 *     }
                 */
                "application/json": components["schemas"]["Fault"];
            };
        };
    };
    parameters: never;
    requestBodies: {
        addToCart: {
            content: {
                /**
                 * @example {
                 *       "skuId": 13,
                 *       "quantity": 1
                 *     }
                 */
                "application/json": {
                    /** 规格编号skuId */
                    skuId: number;
                    /** 数量quantity */
                    quantity: number;
                };
                "application/x-www-form-urlencoded": {
                    /** 规格编号skuId */
                    skuId: number;
                    /** 数量quantity */
                    quantity: number;
                };
            };
        };
        setCartQuantity: {
            content: {
                /**
                 * @example {
                 *       "skuId": 13,
                 *       "quantity": 1
                 *     }
                 */
                "application/json": {
                    /** 规格编号skuId */
                    skuId: number;
                    /** 数量quantity */
                    quantity: number;
                };
                "application/x-www-form-urlencoded": {
                    /** 规格编号skuId */
                    skuId: number;
                    /** 数量quantity */
                    quantity: number;
                };
            };
        };
        removeFromCart: {
            content: {
                /**
                 * @example {
                 *       "skuIds": [
                 *         13
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** 商品skuIds */
                    skuIds: number[];
                };
                "application/x-www-form-urlencoded": {
                    /** 商品skuIds */
                    skuIds: number[];
                };
            };
        };
        selectCartLines: {
            content: {
                /**
                 * @example {
                 *       "skuIds": [
                 *         13
                 *       ],
                 *       "selected": true
                 *     }
                 */
                "application/json": {
                    /** 商品skuIds */
                    skuIds: number[];
                    /** 是否选中selected */
                    selected: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 商品skuIds */
                    skuIds: number[];
                    /** 是否选中selected */
                    selected: boolean;
                };
            };
        };
        mergeCart: {
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "skuId": 13,
                 *           "quantity": 1
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** 商品items */
                    items: {
                        /** 规格编号skuId */
                        skuId: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                };
                "application/x-www-form-urlencoded": {
                    /** 商品items */
                    items: {
                        /** 规格编号skuId */
                        skuId: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                };
            };
        };
        saveAddress: {
            content: {
                /**
                 * @example {
                 *       "receiver": "张三",
                 *       "mobile": "13800138000",
                 *       "regionCode": "440305",
                 *       "detail": "科技园路1号1栋101",
                 *       "isDefault": true
                 *     }
                 */
                "application/json": {
                    /** 地址编号id */
                    id?: number;
                    /** 收货人receiver */
                    receiver: string;
                    /** 手机号mobile */
                    mobile: string;
                    /** 地区regionCode */
                    regionCode: string;
                    /** 详细地址detail */
                    detail: string;
                    /**
                     * 默认地址isDefault
                     * @default false
                     */
                    isDefault?: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 地址编号id */
                    id?: number;
                    /** 收货人receiver */
                    receiver: string;
                    /** 手机号mobile */
                    mobile: string;
                    /** 地区regionCode */
                    regionCode: string;
                    /** 详细地址detail */
                    detail: string;
                    /**
                     * 默认地址isDefault
                     * @default false
                     */
                    isDefault?: boolean;
                };
            };
        };
        removeAddress: {
            content: {
                /**
                 * @example {
                 *       "id": 1
                 *     }
                 */
                "application/json": {
                    /** 地址编号id */
                    id: number;
                };
                "application/x-www-form-urlencoded": {
                    /** 地址编号id */
                    id: number;
                };
            };
        };
        chooseDefaultAddress: {
            content: {
                /**
                 * @example {
                 *       "id": 1
                 *     }
                 */
                "application/json": {
                    /** 地址编号id */
                    id: number;
                };
                "application/x-www-form-urlencoded": {
                    /** 地址编号id */
                    id: number;
                };
            };
        };
        checkout: {
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "skuId": 13,
                 *           "quantity": 1
                 *         }
                 *       ],
                 *       "addressId": 1
                 *     }
                 */
                "application/json": {
                    /** 商品items */
                    items?: {
                        /** 规格编号skuId */
                        skuId: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                    /** 收货地址addressId */
                    addressId?: number;
                };
                "application/x-www-form-urlencoded": {
                    /** 商品items */
                    items?: {
                        /** 规格编号skuId */
                        skuId: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                    /** 收货地址addressId */
                    addressId?: number;
                };
            };
        };
        register: {
            content: {
                /**
                 * @example {
                 *       "username": "xiaole",
                 *       "password": "Letao2024",
                 *       "repeat_password": "Letao2024",
                 *       "mobile": "13900139000",
                 *       "smscode": "123456"
                 *     }
                 */
                "application/json": {
                    /** 用户名username */
                    username: string;
                    /** 密码password */
                    password: string;
                    /** 确认密码repeat_password */
                    repeat_password?: unknown;
                    /** 手机号mobile */
                    mobile: string;
                    /** 短信验证码smscode */
                    smscode?: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 用户名username */
                    username: string;
                    /** 密码password */
                    password: string;
                    /** 确认密码repeat_password */
                    repeat_password?: unknown;
                    /** 手机号mobile */
                    mobile: string;
                    /** 短信验证码smscode */
                    smscode?: string;
                };
            };
        };
        login: {
            content: {
                /**
                 * @example {
                 *       "username": "demo",
                 *       "password": "demo123"
                 *     }
                 */
                "application/json": {
                    /** 用户名username */
                    username: string;
                    /** 密码password */
                    password: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 用户名username */
                    username: string;
                    /** 密码password */
                    password: string;
                };
            };
        };
        sendSmsCode: {
            content: {
                /**
                 * @example {
                 *       "mobile": "13900139000"
                 *     }
                 */
                "application/json": {
                    /** 手机号mobile */
                    mobile: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 手机号mobile */
                    mobile: string;
                };
            };
        };
        placeOrder: {
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "productId": 1,
                 *           "quantity": 1
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** 商品items */
                    items?: {
                        /** 规格编号skuId */
                        skuId?: number;
                        /** 商品编号productId */
                        productId?: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                    /** 商品描述body */
                    body?: string;
                    /** 金额total_fee */
                    total_fee?: number;
                    /** 终端IP spbill_create_ip */
                    spbill_create_ip?: string;
                    /**
                     * 交易类型trade_type
                     * @constant
                     */
                    trade_type?: "NATIVE";
                    /** 订单号out_trade_no */
                    out_trade_no?: string;
                } & (unknown | unknown | unknown | unknown);
                "application/x-www-form-urlencoded": {
                    /** 商品items */
                    items?: {
                        /** 规格编号skuId */
                        skuId?: number;
                        /** 商品编号productId */
                        productId?: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                    /** 商品描述body */
                    body?: string;
                    /** 金额total_fee */
                    total_fee?: number;
                    /** 终端IP spbill_create_ip */
                    spbill_create_ip?: string;
                    /**
                     * 交易类型trade_type
                     * @constant
                     */
                    trade_type?: "NATIVE";
                    /** 订单号out_trade_no */
                    out_trade_no?: string;
                } & (unknown | unknown | unknown | unknown);
            };
        };
        placeShopOrder: {
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "skuId": 14,
                 *           "quantity": 1
                 *         }
                 *       ],
                 *       "addressId": 1,
                 *       "expected_payable_fen": 35900
                 *     }
                 */
                "application/json": {
                    /** 商品items */
                    items?: {
                        /** 规格编号skuId */
                        skuId: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                    /** 收货地址addressId */
                    addressId: number;
                    /** 应付金额expected_payable_fen */
                    expected_payable_fen: number;
                    /** 备注remark */
                    remark?: string | "";
                };
                "application/x-www-form-urlencoded": {
                    /** 商品items */
                    items?: {
                        /** 规格编号skuId */
                        skuId: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                    /** 收货地址addressId */
                    addressId: number;
                    /** 应付金额expected_payable_fen */
                    expected_payable_fen: number;
                    /** 备注remark */
                    remark?: string | "";
                };
            };
        };
        cancelShopOrder: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                };
            };
        };
        receiveShopOrder: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                };
            };
        };
        extendReceipt: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                };
            };
        };
        hideShopOrder: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                };
            };
        };
        askAfterSale: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001",
                 *       "lineId": 1,
                 *       "quantity": 1,
                 *       "kind": "CANCEL",
                 *       "reason": "拍错尺码"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                    /** 商品行lineId */
                    lineId: number;
                    /** 数量quantity */
                    quantity: number;
                    /**
                     * 售后类型kind
                     * @enum {unknown}
                     */
                    kind: "CANCEL" | "REFUND_ONLY" | "RETURN";
                    /** 原因reason */
                    reason: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                    /** 商品行lineId */
                    lineId: number;
                    /** 数量quantity */
                    quantity: number;
                    /**
                     * 售后类型kind
                     * @enum {unknown}
                     */
                    kind: "CANCEL" | "REFUND_ONLY" | "RETURN";
                    /** 原因reason */
                    reason: string;
                };
            };
        };
        cancelCase: {
            content: {
                /**
                 * @example {
                 *       "after_sale_no": "202611281000000000000000002"
                 *     }
                 */
                "application/json": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                };
            };
        };
        sendBack: {
            content: {
                /**
                 * @example {
                 *       "after_sale_no": "202611281000000000000000002",
                 *       "carrier": "SF",
                 *       "trackingNo": "SF1234567890"
                 *     }
                 */
                "application/json": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                    /**
                     * 快递公司carrier
                     * @enum {unknown}
                     */
                    carrier: "SF" | "JD" | "ZTO" | "YTO" | "STO" | "YUNDA" | "JTSD" | "EMS" | "DBL";
                    /** 运单号trackingNo */
                    trackingNo: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                    /**
                     * 快递公司carrier
                     * @enum {unknown}
                     */
                    carrier: "SF" | "JD" | "ZTO" | "YTO" | "STO" | "YUNDA" | "JTSD" | "EMS" | "DBL";
                    /** 运单号trackingNo */
                    trackingNo: string;
                };
            };
        };
        logInAdmin: {
            content: {
                /**
                 * @example {
                 *       "username": "demo-owner",
                 *       "password": "letao-demo-owner",
                 *       "code": "000000"
                 *     }
                 */
                "application/json": {
                    /** 用户名username */
                    username: string;
                    /** 密码password */
                    password: string;
                    /** 动态口令code */
                    code: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 用户名username */
                    username: string;
                    /** 密码password */
                    password: string;
                    /** 动态口令code */
                    code: string;
                };
            };
        };
        acceptInvite: {
            content: {
                /**
                 * @example {
                 *       "token": "bGV0YW8tZGVtby1pbnZpdGUtdG9rZW4tMDAwMDAwMDA",
                 *       "password": "a-long-password"
                 *     }
                 */
                "application/json": {
                    /** 邀请令牌token */
                    token: string;
                    /** 密码password */
                    password: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 邀请令牌token */
                    token: string;
                    /** 密码password */
                    password: string;
                };
            };
        };
        confirmInvite: {
            content: {
                /**
                 * @example {
                 *       "token": "bGV0YW8tZGVtby1pbnZpdGUtdG9rZW4tMDAwMDAwMDA",
                 *       "code": "000000"
                 *     }
                 */
                "application/json": {
                    /** 邀请令牌token */
                    token: string;
                    /** 动态口令code */
                    code: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 邀请令牌token */
                    token: string;
                    /** 动态口令code */
                    code: string;
                };
            };
        };
        shipOrder: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001",
                 *       "carrier": "SF",
                 *       "trackingNo": "SF1234567890"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                    /**
                     * 快递公司carrier
                     * @enum {unknown}
                     */
                    carrier: "SF" | "JD" | "ZTO" | "YTO" | "STO" | "YUNDA" | "JTSD" | "EMS" | "DBL";
                    /** 运单号trackingNo */
                    trackingNo: string;
                    /** 商品行lines */
                    lines?: {
                        /** 商品行lineId */
                        lineId: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                    /**
                     * 快递公司carrier
                     * @enum {unknown}
                     */
                    carrier: "SF" | "JD" | "ZTO" | "YTO" | "STO" | "YUNDA" | "JTSD" | "EMS" | "DBL";
                    /** 运单号trackingNo */
                    trackingNo: string;
                    /** 商品行lines */
                    lines?: {
                        /** 商品行lineId */
                        lineId: number;
                        /** 数量quantity */
                        quantity: number;
                    }[];
                };
            };
        };
        correctReceiver: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001",
                 *       "receiver": "李四",
                 *       "mobile": "13900139000",
                 *       "detail": "科技园路2号3栋302"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                    /** 收货人receiver */
                    receiver: string;
                    /** 手机号mobile */
                    mobile: string;
                    /** 详细地址detail */
                    detail: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                    /** 收货人receiver */
                    receiver: string;
                    /** 手机号mobile */
                    mobile: string;
                    /** 详细地址detail */
                    detail: string;
                };
            };
        };
        correctParcel: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001",
                 *       "carrier": "SF",
                 *       "trackingNo": "SF1234567890",
                 *       "toCarrier": "SF",
                 *       "toTrackingNo": "SF1234567891"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                    /**
                     * 快递公司carrier
                     * @enum {unknown}
                     */
                    carrier: "SF" | "JD" | "ZTO" | "YTO" | "STO" | "YUNDA" | "JTSD" | "EMS" | "DBL";
                    /** 运单号trackingNo */
                    trackingNo: string;
                    /**
                     * 更正后的快递公司toCarrier
                     * @enum {unknown}
                     */
                    toCarrier: "SF" | "JD" | "ZTO" | "YTO" | "STO" | "YUNDA" | "JTSD" | "EMS" | "DBL";
                    /** 更正后的运单号toTrackingNo */
                    toTrackingNo: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                    /**
                     * 快递公司carrier
                     * @enum {unknown}
                     */
                    carrier: "SF" | "JD" | "ZTO" | "YTO" | "STO" | "YUNDA" | "JTSD" | "EMS" | "DBL";
                    /** 运单号trackingNo */
                    trackingNo: string;
                    /**
                     * 更正后的快递公司toCarrier
                     * @enum {unknown}
                     */
                    toCarrier: "SF" | "JD" | "ZTO" | "YTO" | "STO" | "YUNDA" | "JTSD" | "EMS" | "DBL";
                    /** 更正后的运单号toTrackingNo */
                    toTrackingNo: string;
                };
            };
        };
        cancelOrder: {
            content: {
                /**
                 * @example {
                 *       "order_no": "202611270930001230000000001",
                 *       "reason": "顾客来电要求取消"
                 *     }
                 */
                "application/json": {
                    /** 订单号order_no */
                    order_no: string;
                    /** 原因reason */
                    reason: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号order_no */
                    order_no: string;
                    /** 原因reason */
                    reason: string;
                };
            };
        };
        decideCase: {
            content: {
                /**
                 * @example {
                 *       "after_sale_no": "202611281000000000000000002",
                 *       "approve": true
                 *     }
                 */
                "application/json": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                    /** 同意approve */
                    approve: boolean;
                    /** 说明answer */
                    answer?: string;
                    /** 退款金额amount_fen */
                    amount_fen?: number;
                };
                "application/x-www-form-urlencoded": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                    /** 同意approve */
                    approve: boolean;
                    /** 说明answer */
                    answer?: string;
                    /** 退款金额amount_fen */
                    amount_fen?: number;
                };
            };
        };
        inspectCase: {
            content: {
                /**
                 * @example {
                 *       "after_sale_no": "202611281000000000000000002",
                 *       "ok": true,
                 *       "restock": true
                 *     }
                 */
                "application/json": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                    /** 验货通过ok */
                    ok: boolean;
                    /** 重新入库restock */
                    restock: boolean;
                    /** 说明answer */
                    answer?: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                    /** 验货通过ok */
                    ok: boolean;
                    /** 重新入库restock */
                    restock: boolean;
                    /** 说明answer */
                    answer?: string;
                };
            };
        };
        releaseCase: {
            content: {
                /**
                 * @example {
                 *       "after_sale_no": "202611281000000000000000002"
                 *     }
                 */
                "application/json": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 售后单号after_sale_no */
                    after_sale_no: string;
                };
            };
        };
        retryRefund: {
            content: {
                /**
                 * @example {
                 *       "out_refund_no": "AS202611281000000000000000002"
                 *     }
                 */
                "application/json": {
                    /** 退款单号out_refund_no */
                    out_refund_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 退款单号out_refund_no */
                    out_refund_no: string;
                };
            };
        };
        cancelRefund: {
            content: {
                /**
                 * @example {
                 *       "out_refund_no": "AS202611281000000000000000002"
                 *     }
                 */
                "application/json": {
                    /** 退款单号out_refund_no */
                    out_refund_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 退款单号out_refund_no */
                    out_refund_no: string;
                };
            };
        };
        askLateRefund: {
            content: {
                /**
                 * @example {
                 *       "out_trade_no": "202611270930001230000000007",
                 *       "transaction_id": "4200001234202611270000000001",
                 *       "reason": "订单已关闭"
                 *     }
                 */
                "application/json": {
                    /** 支付单号out_trade_no */
                    out_trade_no: string;
                    /** 微信支付单号transaction_id */
                    transaction_id: string;
                    /** 原因reason */
                    reason: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 支付单号out_trade_no */
                    out_trade_no: string;
                    /** 微信支付单号transaction_id */
                    transaction_id: string;
                    /** 原因reason */
                    reason: string;
                };
            };
        };
        releaseLateRefund: {
            content: {
                /**
                 * @example {
                 *       "approvalId": 3,
                 *       "approve": true
                 *     }
                 */
                "application/json": {
                    /** 申请approvalId */
                    approvalId: number;
                    /** 同意approve */
                    approve: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 申请approvalId */
                    approvalId: number;
                    /** 同意approve */
                    approve: boolean;
                };
            };
        };
        clearMoney: {
            content: {
                /**
                 * @example {
                 *       "out_trade_no": "202611270930001230000000007"
                 *     }
                 */
                "application/json": {
                    /** 支付单号out_trade_no */
                    out_trade_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 支付单号out_trade_no */
                    out_trade_no: string;
                };
            };
        };
        saveFeedEntry: {
            content: {
                /**
                 * @example {
                 *       "name": "banners",
                 *       "img": "/images/banner1.svg",
                 *       "link": "/product/1"
                 *     }
                 */
                "application/json": {
                    /**
                     * 栏目name
                     * @enum {unknown}
                     */
                    name: "banners" | "grid";
                    /** 编号id */
                    id?: number;
                    /** 图片img */
                    img: string;
                    /** 链接link */
                    link: string;
                    /**
                     * 名称text
                     * @default
                     */
                    text?: string;
                    /**
                     * 开始时间startsAt
                     * @default null
                     */
                    startsAt?: string | null;
                    /**
                     * 结束时间endsAt
                     * @default null
                     */
                    endsAt?: string | null;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * 栏目name
                     * @enum {unknown}
                     */
                    name: "banners" | "grid";
                    /** 编号id */
                    id?: number;
                    /** 图片img */
                    img: string;
                    /** 链接link */
                    link: string;
                    /**
                     * 名称text
                     * @default
                     */
                    text?: string;
                    /**
                     * 开始时间startsAt
                     * @default null
                     */
                    startsAt?: string | null;
                    /**
                     * 结束时间endsAt
                     * @default null
                     */
                    endsAt?: string | null;
                };
            };
        };
        addToFeed: {
            content: {
                /**
                 * @example {
                 *       "name": "brands",
                 *       "id": 1
                 *     }
                 */
                "application/json": {
                    /**
                     * 栏目name
                     * @enum {unknown}
                     */
                    name: "sports" | "brands";
                    /** 编号id */
                    id: number;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * 栏目name
                     * @enum {unknown}
                     */
                    name: "sports" | "brands";
                    /** 编号id */
                    id: number;
                };
            };
        };
        removeFromFeed: {
            content: {
                /**
                 * @example {
                 *       "name": "brands",
                 *       "id": 1
                 *     }
                 */
                "application/json": {
                    /**
                     * 栏目name
                     * @enum {unknown}
                     */
                    name: "banners" | "grid" | "sports" | "brands";
                    /** 编号id */
                    id: number;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * 栏目name
                     * @enum {unknown}
                     */
                    name: "banners" | "grid" | "sports" | "brands";
                    /** 编号id */
                    id: number;
                };
            };
        };
        orderFeed: {
            content: {
                /**
                 * @example {
                 *       "name": "banners",
                 *       "ids": [
                 *         2,
                 *         1,
                 *         3,
                 *         4
                 *       ]
                 *     }
                 */
                "application/json": {
                    /**
                     * 栏目name
                     * @enum {unknown}
                     */
                    name: "banners" | "grid" | "sports" | "brands";
                    /** 顺序ids */
                    ids: number[];
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * 栏目name
                     * @enum {unknown}
                     */
                    name: "banners" | "grid" | "sports" | "brands";
                    /** 顺序ids */
                    ids: number[];
                };
            };
        };
        askPictureUpload: {
            content: {
                /**
                 * @example {
                 *       "type": "image/jpeg",
                 *       "bytes": 182044
                 *     }
                 */
                "application/json": {
                    /**
                     * 图片格式type
                     * @enum {unknown}
                     */
                    type: "image/jpeg" | "image/png" | "image/webp";
                    /** 图片大小bytes */
                    bytes: number;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * 图片格式type
                     * @enum {unknown}
                     */
                    type: "image/jpeg" | "image/png" | "image/webp";
                    /** 图片大小bytes */
                    bytes: number;
                };
            };
        };
        confirmPicture: {
            content: {
                /**
                 * @example {
                 *       "path": "/p/202611/Xk2vQ8nL0sT4bR7yWc1dZg.jpg"
                 *     }
                 */
                "application/json": {
                    /** 图片路径path */
                    path: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 图片路径path */
                    path: string;
                };
            };
        };
        invitePerson: {
            content: {
                /**
                 * @example {
                 *       "username": "li.na",
                 *       "mobile": "13900139000",
                 *       "role": "orders",
                 *       "hash": "c1b0a8d5e9f24376a0b1c2d3e4f5061728394a5b6c7d8e9f00112233445566aa"
                 *     }
                 */
                "application/json": {
                    /** 用户名username */
                    username: string;
                    /** 手机号mobile */
                    mobile: string;
                    /**
                     * 角色role
                     * @enum {unknown}
                     */
                    role: "owner" | "catalogue" | "orders" | "finance" | "auditor";
                    /** 令牌摘要hash */
                    hash: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 用户名username */
                    username: string;
                    /** 手机号mobile */
                    mobile: string;
                    /**
                     * 角色role
                     * @enum {unknown}
                     */
                    role: "owner" | "catalogue" | "orders" | "finance" | "auditor";
                    /** 令牌摘要hash */
                    hash: string;
                };
            };
        };
        suspendPerson: {
            content: {
                /**
                 * @example {
                 *       "id": 2,
                 *       "suspended": true
                 *     }
                 */
                "application/json": {
                    /** 人员id */
                    id: number;
                    /** 停用suspended */
                    suspended: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 人员id */
                    id: number;
                    /** 停用suspended */
                    suspended: boolean;
                };
            };
        };
        saveProduct: {
            content: {
                /**
                 * @example {
                 *       "name": "凌步 试款 跑鞋",
                 *       "img": "/images/product13-1.svg",
                 *       "price_fen": 29900,
                 *       "old_price_fen": 39900,
                 *       "brandId": 1,
                 *       "categoryId": 1,
                 *       "onSale": false
                 *     }
                 */
                "application/json": {
                    /** 商品id */
                    id?: number;
                    /** 名称name */
                    name: string;
                    /**
                     * 副标题subtitle
                     * @default null
                     */
                    subtitle?: string | null;
                    /** 主图img */
                    img: string;
                    /** 图片pictures */
                    pictures?: string[];
                    /** 价格price_fen */
                    price_fen: number;
                    /** 原价old_price_fen */
                    old_price_fen: number;
                    /**
                     * 品牌brandId
                     * @default null
                     */
                    brandId?: number;
                    /**
                     * 分类categoryId
                     * @default null
                     */
                    categoryId?: number;
                    /**
                     * 性别gender
                     * @default unisex
                     * @enum {unknown}
                     */
                    gender?: "women" | "men" | "unisex";
                    /**
                     * 材质material
                     * @default null
                     */
                    material?: string | null;
                    /**
                     * 详情detail
                     * @default null
                     */
                    detail?: string | null;
                    /**
                     * 专区zone
                     * @enum {unknown}
                     */
                    zone?: "sports" | null;
                    /** 在售onSale */
                    onSale: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 商品id */
                    id?: number;
                    /** 名称name */
                    name: string;
                    /**
                     * 副标题subtitle
                     * @default null
                     */
                    subtitle?: string | null;
                    /** 主图img */
                    img: string;
                    /** 图片pictures */
                    pictures?: string[];
                    /** 价格price_fen */
                    price_fen: number;
                    /** 原价old_price_fen */
                    old_price_fen: number;
                    /**
                     * 品牌brandId
                     * @default null
                     */
                    brandId?: number;
                    /**
                     * 分类categoryId
                     * @default null
                     */
                    categoryId?: number;
                    /**
                     * 性别gender
                     * @default unisex
                     * @enum {unknown}
                     */
                    gender?: "women" | "men" | "unisex";
                    /**
                     * 材质material
                     * @default null
                     */
                    material?: string | null;
                    /**
                     * 详情detail
                     * @default null
                     */
                    detail?: string | null;
                    /**
                     * 专区zone
                     * @enum {unknown}
                     */
                    zone?: "sports" | null;
                    /** 在售onSale */
                    onSale: boolean;
                };
            };
        };
        saveSkus: {
            content: {
                /**
                 * @example {
                 *       "productId": 13,
                 *       "skus": [
                 *         {
                 *           "skuCode": "LB-13-P-250",
                 *           "colour": "粉色",
                 *           "sizeMm": 250,
                 *           "euX10": 405,
                 *           "price_fen": 35900,
                 *           "onSale": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** 商品productId */
                    productId: number;
                    /** 规格skus */
                    skus: {
                        /** 规格id */
                        id?: number;
                        /** 货号skuCode */
                        skuCode: string;
                        /**
                         * 颜色colour
                         * @default
                         */
                        colour?: string | "";
                        /** 脚长sizeMm */
                        sizeMm: number;
                        /**
                         * 欧码euX10
                         * @default null
                         */
                        euX10?: number;
                        /**
                         * 美码usX10
                         * @default null
                         */
                        usX10?: number;
                        /** 价格price_fen */
                        price_fen: number;
                        /**
                         * 每单限购maxPerOrder
                         * @default null
                         */
                        maxPerOrder?: number;
                        /** 在售onSale */
                        onSale: boolean;
                    }[];
                };
                "application/x-www-form-urlencoded": {
                    /** 商品productId */
                    productId: number;
                    /** 规格skus */
                    skus: {
                        /** 规格id */
                        id?: number;
                        /** 货号skuCode */
                        skuCode: string;
                        /**
                         * 颜色colour
                         * @default
                         */
                        colour?: string | "";
                        /** 脚长sizeMm */
                        sizeMm: number;
                        /**
                         * 欧码euX10
                         * @default null
                         */
                        euX10?: number;
                        /**
                         * 美码usX10
                         * @default null
                         */
                        usX10?: number;
                        /** 价格price_fen */
                        price_fen: number;
                        /**
                         * 每单限购maxPerOrder
                         * @default null
                         */
                        maxPerOrder?: number;
                        /** 在售onSale */
                        onSale: boolean;
                    }[];
                };
            };
        };
        importSkus: {
            content: {
                /**
                 * @example {
                 *       "csv": "货号,商品编号,颜色,脚长,欧码,售价(元),在售\r\nLB-13-P-255,13,粉色,255,41,359.00,是\r\n",
                 *       "dryRun": true
                 *     }
                 */
                "application/json": {
                    /** 表格csv */
                    csv: string;
                    /**
                     * 试导入dryRun
                     * @default true
                     */
                    dryRun?: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 表格csv */
                    csv: string;
                    /**
                     * 试导入dryRun
                     * @default true
                     */
                    dryRun?: boolean;
                };
            };
        };
        decidePrice: {
            content: {
                /**
                 * @example {
                 *       "approvalId": 3,
                 *       "approve": true
                 *     }
                 */
                "application/json": {
                    /** 申请approvalId */
                    approvalId: number;
                    /** 同意approve */
                    approve: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 申请approvalId */
                    approvalId: number;
                    /** 同意approve */
                    approve: boolean;
                };
            };
        };
        adjustStock: {
            content: {
                /**
                 * @example {
                 *       "skuId": 14,
                 *       "delta": 2,
                 *       "reason": "盘点多出",
                 *       "ref": "count-2026-11-27"
                 *     }
                 */
                "application/json": {
                    /** 规格skuId */
                    skuId: number;
                    /** 数量delta */
                    delta: number;
                    /** 原因reason */
                    reason: string;
                    /** 编号ref */
                    ref: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 规格skuId */
                    skuId: number;
                    /** 数量delta */
                    delta: number;
                    /** 原因reason */
                    reason: string;
                    /** 编号ref */
                    ref: string;
                };
            };
        };
        markHot: {
            content: {
                /**
                 * @example {
                 *       "skuId": 14,
                 *       "hot": true
                 *     }
                 */
                "application/json": {
                    /** 规格skuId */
                    skuId: number;
                    /** 热卖hot */
                    hot: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 规格skuId */
                    skuId: number;
                    /** 热卖hot */
                    hot: boolean;
                };
            };
        };
        decideStock: {
            content: {
                /**
                 * @example {
                 *       "approvalId": 4,
                 *       "approve": false
                 *     }
                 */
                "application/json": {
                    /** 申请approvalId */
                    approvalId: number;
                    /** 同意approve */
                    approve: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /** 申请approvalId */
                    approvalId: number;
                    /** 同意approve */
                    approve: boolean;
                };
            };
        };
        /** @description WeChat Pay's notification, API v2 */
        payNotify: {
            content: {
                "text/xml": string;
            };
        };
        queryOrder: {
            content: {
                /**
                 * @example {
                 *       "out_trade_no": "20241122113456000000000000000001"
                 *     }
                 */
                "application/json": {
                    /** 订单号out_trade_no */
                    out_trade_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号out_trade_no */
                    out_trade_no: string;
                };
            };
        };
        closeOrder: {
            content: {
                /**
                 * @example {
                 *       "out_trade_no": "20241122113456000000000000000001"
                 *     }
                 */
                "application/json": {
                    /** 订单号out_trade_no */
                    out_trade_no: string;
                };
                "application/x-www-form-urlencoded": {
                    /** 订单号out_trade_no */
                    out_trade_no: string;
                };
            };
        };
        /** @description WeChat Pay's notification, API v2 */
        refundNotify: {
            content: {
                "text/xml": string;
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listBanners: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listBanners"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listBannersViaBannerList: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listBanners"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listBannersViaSwipeList: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listBanners"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listGrid: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listGrid"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listSports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listSports"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listSportsViaSportList: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listSports"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listHotBrands: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listHotBrands"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listCategories: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listCategories"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listCategoriesViaOneCategoryList: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listCategories"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listBrandsOfCategory: {
        parameters: {
            query: {
                /** @example 1 */
                id: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listBrandsOfCategory"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listBrandsOfCategoryViaTwoCategoryList: {
        parameters: {
            query: {
                /** @example 1 */
                id: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listBrandsOfCategory"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listProducts: {
        parameters: {
            query?: {
                /** @example price_up */
                sort?: "newest" | "price_up" | "price_down";
                /** @example 1 */
                brandId?: number;
                categoryId?: number;
                gender?: "women" | "men" | "unisex";
                size?: number;
                cursor?: string;
                /** @example 1 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listProducts"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    showProduct: {
        parameters: {
            query: {
                /** @example 13 */
                id: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["showProduct"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    searchProducts: {
        parameters: {
            query: {
                /** @example 跑鞋 */
                q: string;
                /** @example price_up */
                sort?: "newest" | "price_up" | "price_down";
                brandId?: number;
                categoryId?: number;
                gender?: "women" | "men" | "unisex";
                size?: number;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["searchProducts"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    readCart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["readCart"];
            401: components["responses"]["Fault401"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    addToCart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["addToCart"];
        responses: {
            200: components["responses"]["addToCart"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    setCartQuantity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["setCartQuantity"];
        responses: {
            200: components["responses"]["setCartQuantity"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    removeFromCart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["removeFromCart"];
        responses: {
            200: components["responses"]["removeFromCart"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    selectCartLines: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["selectCartLines"];
        responses: {
            200: components["responses"]["selectCartLines"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    mergeCart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["mergeCart"];
        responses: {
            200: components["responses"]["mergeCart"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listAddresses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listAddresses"];
            401: components["responses"]["Fault401"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    saveAddress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["saveAddress"];
        responses: {
            200: components["responses"]["saveAddress"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    removeAddress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["removeAddress"];
        responses: {
            200: components["responses"]["removeAddress"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    chooseDefaultAddress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["chooseDefaultAddress"];
        responses: {
            200: components["responses"]["chooseDefaultAddress"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    checkout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["checkout"];
        responses: {
            200: components["responses"]["checkout"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["register"];
        responses: {
            200: components["responses"]["register"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    registerViaUserRegister: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["register"];
        responses: {
            200: components["responses"]["register"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    registerViaUsersRegister: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["register"];
        responses: {
            200: components["responses"]["register"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["login"];
        responses: {
            200: components["responses"]["login"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    loginViaUserLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["login"];
        responses: {
            200: components["responses"]["login"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    loginViaUsersLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["login"];
        responses: {
            200: components["responses"]["login"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    sendSmsCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["sendSmsCode"];
        responses: {
            200: components["responses"]["sendSmsCode"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    sendSmsCodeViaSendSms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["sendSmsCode"];
        responses: {
            200: components["responses"]["sendSmsCode"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    placeOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description New for every checkout, the same on every retry of it. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["placeOrder"];
        responses: {
            200: components["responses"]["placeOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    placeOrderViaOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description New for every checkout, the same on every retry of it. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["placeOrder"];
        responses: {
            200: components["responses"]["placeOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    placeShopOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description New for every checkout, the same on every retry of it. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["placeShopOrder"];
        responses: {
            200: components["responses"]["placeShopOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listShopOrders: {
        parameters: {
            query?: {
                state?: "unpaid" | "unshipped" | "shipped" | "completed" | "closed";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listShopOrders"];
            401: components["responses"]["Fault401"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    showShopOrder: {
        parameters: {
            query: {
                /** @example 202611270930001230000000001 */
                order_no: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["showShopOrder"];
            401: components["responses"]["Fault401"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    countBadges: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["countBadges"];
            401: components["responses"]["Fault401"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    cancelShopOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["cancelShopOrder"];
        responses: {
            200: components["responses"]["cancelShopOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    receiveShopOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["receiveShopOrder"];
        responses: {
            200: components["responses"]["receiveShopOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    extendReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["extendReceipt"];
        responses: {
            200: components["responses"]["extendReceipt"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    hideShopOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["hideShopOrder"];
        responses: {
            200: components["responses"]["hideShopOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listCases: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listCases"];
            401: components["responses"]["Fault401"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    askAfterSale: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["askAfterSale"];
        responses: {
            200: components["responses"]["askAfterSale"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    cancelCase: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["cancelCase"];
        responses: {
            200: components["responses"]["cancelCase"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    sendBack: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["sendBack"];
        responses: {
            200: components["responses"]["sendBack"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    logInAdmin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["logInAdmin"];
        responses: {
            200: components["responses"]["logInAdmin"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    acceptInvite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["acceptInvite"];
        responses: {
            200: components["responses"]["acceptInvite"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    confirmInvite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["confirmInvite"];
        responses: {
            200: components["responses"]["confirmInvite"];
            400: components["responses"]["Fault400"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            429: components["responses"]["Fault429"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    renewAdminToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["renewAdminToken"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    logOutAdmin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["logOutAdmin"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    showAdmin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["showAdmin"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    searchOrders: {
        parameters: {
            query?: {
                order_no?: string;
                mobile?: string;
                state?: "UNPAID" | "PAID" | "PART_SHIPPED" | "SHIPPED" | "COMPLETED" | "CLOSED";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["searchOrders"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    showOrder: {
        parameters: {
            query: {
                /** @example 202611270930001230000000001 */
                order_no: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["showOrder"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listPacking: {
        parameters: {
            query?: {
                order_no?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listPacking"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    shipOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["shipOrder"];
        responses: {
            200: components["responses"]["shipOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    correctReceiver: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["correctReceiver"];
        responses: {
            200: components["responses"]["correctReceiver"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    correctParcel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["correctParcel"];
        responses: {
            200: components["responses"]["correctParcel"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["cancelOrder"];
        responses: {
            200: components["responses"]["cancelOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    searchCases: {
        parameters: {
            query?: {
                state?: "REQUESTED" | "AWAIT_RETURN" | "RETURNING" | "APPROVED" | "REFUNDING" | "REFUNDED" | "REJECTED" | "CANCELLED";
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["searchCases"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    showCase: {
        parameters: {
            query: {
                /** @example 202611281000000000000000002 */
                after_sale_no: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["showCase"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    decideCase: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["decideCase"];
        responses: {
            200: components["responses"]["decideCase"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    inspectCase: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["inspectCase"];
        responses: {
            200: components["responses"]["inspectCase"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    releaseCase: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["releaseCase"];
        responses: {
            200: components["responses"]["releaseCase"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listMoney: {
        parameters: {
            query: {
                /** @example late */
                kind: "differences" | "late" | "refunds";
                cursor?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listMoney"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    retryRefund: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["retryRefund"];
        responses: {
            200: components["responses"]["retryRefund"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    cancelRefund: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["cancelRefund"];
        responses: {
            200: components["responses"]["cancelRefund"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    askLateRefund: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["askLateRefund"];
        responses: {
            200: components["responses"]["askLateRefund"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    releaseLateRefund: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["releaseLateRefund"];
        responses: {
            200: components["responses"]["releaseLateRefund"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    clearMoney: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["clearMoney"];
        responses: {
            200: components["responses"]["clearMoney"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    readFeed: {
        parameters: {
            query: {
                /** @example banners */
                name: "banners" | "grid" | "sports" | "brands";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["readFeed"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    saveFeedEntry: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["saveFeedEntry"];
        responses: {
            200: components["responses"]["saveFeedEntry"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    addToFeed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["addToFeed"];
        responses: {
            200: components["responses"]["addToFeed"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    removeFromFeed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["removeFromFeed"];
        responses: {
            200: components["responses"]["removeFromFeed"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    orderFeed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["orderFeed"];
        responses: {
            200: components["responses"]["orderFeed"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    askPictureUpload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["askPictureUpload"];
        responses: {
            200: components["responses"]["askPictureUpload"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    confirmPicture: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["confirmPicture"];
        responses: {
            200: components["responses"]["confirmPicture"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    exportOrders: {
        parameters: {
            query?: {
                state?: "UNPAID" | "PAID" | "PART_SHIPPED" | "SHIPPED" | "COMPLETED" | "CLOSED";
                since?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["exportOrders"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    exportStock: {
        parameters: {
            query?: {
                cursor?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["exportStock"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    readAudit: {
        parameters: {
            query?: {
                target?: string;
                adminId?: number;
                cursor?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["readAudit"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listPeople: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listPeople"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    invitePerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["invitePerson"];
        responses: {
            200: components["responses"]["invitePerson"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    suspendPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["suspendPerson"];
        responses: {
            200: components["responses"]["suspendPerson"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listProductsForDesk: {
        parameters: {
            query?: {
                q?: string;
                on_sale?: boolean;
                cursor?: number;
                /** @example 1 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listProductsForDesk"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    showProductForDesk: {
        parameters: {
            query: {
                /** @example 13 */
                id: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["showProductForDesk"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    saveProduct: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["saveProduct"];
        responses: {
            200: components["responses"]["saveProduct"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    saveSkus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["saveSkus"];
        responses: {
            200: components["responses"]["saveSkus"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    importSkus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["importSkus"];
        responses: {
            200: components["responses"]["importSkus"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listPriceWishes: {
        parameters: {
            query?: {
                cursor?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listPriceWishes"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    decidePrice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["decidePrice"];
        responses: {
            200: components["responses"]["decidePrice"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listStock: {
        parameters: {
            query?: {
                code?: string;
                productId?: number;
                /** @example 3 */
                low?: number;
                cursor?: number;
                /** @example 1 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listStock"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listStockMoves: {
        parameters: {
            query: {
                /** @example 14 */
                skuId: number;
                cursor?: number;
                /** @example 1 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listStockMoves"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    adjustStock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["adjustStock"];
        responses: {
            200: components["responses"]["adjustStock"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    markHot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["markHot"];
        responses: {
            200: components["responses"]["markHot"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listStockWishes: {
        parameters: {
            query?: {
                cursor?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listStockWishes"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    decideStock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["decideStock"];
        responses: {
            200: components["responses"]["decideStock"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            403: components["responses"]["Fault403"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    payNotify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["payNotify"];
        responses: {
            200: components["responses"]["payNotify"];
        };
    };
    payNotifyViaPayNotifyUrl: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["payNotify"];
        responses: {
            200: components["responses"]["payNotify"];
        };
    };
    queryOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["queryOrder"];
        responses: {
            200: components["responses"]["queryOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    queryOrderViaPayQueryOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["queryOrder"];
        responses: {
            200: components["responses"]["queryOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    listOrders: {
        parameters: {
            query?: {
                out_trade_no?: string;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["listOrders"];
            401: components["responses"]["Fault401"];
            500: components["responses"]["Fault500"];
            503: components["responses"]["Fault503"];
        };
    };
    closeOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["closeOrder"];
        responses: {
            200: components["responses"]["closeOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    closeOrderViaPayCloseOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["closeOrder"];
        responses: {
            200: components["responses"]["closeOrder"];
            400: components["responses"]["Fault400"];
            401: components["responses"]["Fault401"];
            413: components["responses"]["Fault413"];
            415: components["responses"]["Fault415"];
            500: components["responses"]["Fault500"];
            502: components["responses"]["Fault502"];
            503: components["responses"]["Fault503"];
        };
    };
    refundNotify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["refundNotify"];
        responses: {
            200: components["responses"]["refundNotify"];
        };
    };
}
